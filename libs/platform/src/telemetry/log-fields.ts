/**
 * What may stand in a log line. A field that is not here is dropped and counted; a value
 * that does not fit its kind is masked. Add a field only if no value of it can be personal.
 *
 * - `name`: words we chose ourselves: codes, names of services, verbs, projections, templates of routes
 * - `id`: unguessable ids; anything that looks like a number, a token or a key is masked
 * - `number`: counts, sizes, durations
 * - `flag`: true or false
 * - `error`: an error, reduced to its name, code and stack (error-shape.ts)
 */
export type FieldKind = 'name' | 'id' | 'number' | 'flag' | 'error';

const byKind = {
  name: [
    'component',
    'target',
    'verb',
    'code',
    'reason',
    'outcome',
    'state',
    'step',
    'check',
    'method',
    'route',
    'role',
    'kind',
    'type',
    'aggregate',
    'projection',
    'durable',
    'stream',
    'collection',
    'bucket',
    'command',
    'event',
    'field',
    'provider',
    'language',
    'country',
    'region',
    'signal',
    'version',
    'mode',
    'host',
    'database',
    'template',
  ],
  id: [
    'tenant',
    'id',
    'agentId',
    'callId',
    'campaignId',
    'userId',
    'keyId',
    'credentialId',
    'routeId',
    'invitationId',
    'membershipId',
    'principalId',
    'eventId',
    'segmentId',
    'requestId',
    'correlationId',
    'causationId',
    'traceId',
    'spanId',
  ],
  number: [
    'status',
    'count',
    'total',
    'dropped',
    'attempt',
    'attempts',
    'limit',
    'pending',
    'running',
    'v',
    'schema',
    'seq',
    'firstSeq',
    'lastSeq',
    'partition',
    'group',
    'port',
    'exitCode',
    'durationMs',
    'delayMs',
    'limitMs',
    'budgetMs',
    'lagMs',
    'ageMs',
    'sizeBytes',
    'percent',
    'rps',
    'deliveries',
    'documents',
    'events',
    'segments',
    'generation',
  ],
  flag: ['retryable', 'isReady', 'isDegraded', 'isDraining', 'isDuplicate'],
  error: ['error'],
} as const satisfies Record<FieldKind, readonly string[]>;

export type LogField = (typeof byKind)[FieldKind][number];

const kinds: ReadonlyMap<string, FieldKind> = new Map(
  Object.entries(byKind).flatMap(([kind, names]) =>
    names.map((name) => [name, kind as FieldKind] as const),
  ),
);

export function fieldKind(name: string): FieldKind | undefined {
  return kinds.get(name);
}
