import type { ServiceName } from './catalogue.js';
import { tokenPattern, type AggregateRef } from './envelope.js';

/** The only file that builds or splits a NATS subject. */

export const EVENT_STREAM = 'EVT';
export const EVENT_SUBJECTS = 'evt.>';
export const DEAD_LETTER_STREAM = 'DLQ';
export const DEAD_LETTER_SUBJECTS = 'dlq.>';
export const PARTITION_COUNT = 16;

/** FNV-1a over an id, as an unsigned 32-bit number. */
export function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Every event of one id, whatever its aggregate, shares a partition. */
export function partitionOf(id: string): number {
  return hashOf(id) % PARTITION_COUNT;
}

export function eventSubject(ref: AggregateRef): string {
  const partition = partitionToken(partitionOf(ref.id));
  return `evt.${partition}.${safe(ref.tenant)}.${safe(ref.aggregate)}.${safe(ref.id)}`;
}

export function parseEventSubject(subject: string): AggregateRef {
  const [head, , tenant, aggregate, id, ...rest] = subject.split('.');
  if (head !== 'evt' || !tenant || !aggregate || !id || rest.length > 0) {
    throw new RangeError(`not an event subject: ${subject}`);
  }
  return { tenant, aggregate, id };
}

export interface EventFilter {
  readonly tenant?: string;
  readonly aggregate?: string;
  readonly id?: string;
}

export function eventFilter(filter: EventFilter = {}): string {
  const partition = filter.id === undefined ? '*' : partitionToken(partitionOf(filter.id));
  const parts = [filter.tenant, filter.aggregate, filter.id].map((part) =>
    part === undefined ? '*' : safe(part),
  );
  return `evt.${partition}.${parts.join('.')}`;
}

/** What one durable reads: its aggregates on its share of the partitions. */
export function projectionFilters(
  aggregates: readonly string[],
  share: { readonly group: number; readonly of: number },
): string[] {
  if (share.of === 1) return aggregates.map((aggregate) => eventFilter({ aggregate }));
  const partitions = Array.from({ length: PARTITION_COUNT }, (_, index) => index).filter(
    (index) => index % share.of === share.group,
  );
  return partitions.flatMap((partition) =>
    aggregates.map((aggregate) => `evt.${partitionToken(partition)}.*.${safe(aggregate)}.*`),
  );
}

export function deadLetterSubject(projection: string, ref: AggregateRef): string {
  return `dlq.${safe(projection)}.${safe(ref.tenant)}.${safe(ref.aggregate)}.${safe(ref.id)}`;
}

export function parseDeadLetterSubject(subject: string): {
  readonly projection: string;
  readonly ref: AggregateRef;
} {
  const [head, projection, tenant, aggregate, id] = subject.split('.');
  if (head !== 'dlq' || !projection || !tenant || !aggregate || !id) {
    throw new RangeError(`not a dead-letter subject: ${subject}`);
  }
  return { projection, ref: { tenant, aggregate, id } };
}

export function deadLetterFilter(projection?: string): string {
  return projection === undefined ? DEAD_LETTER_SUBJECTS : `dlq.${safe(projection)}.>`;
}

/** The dead letters of one aggregate in every projection. */
export function deadLettersAbout(ref: AggregateRef): string {
  return `dlq.*.${safe(ref.tenant)}.${safe(ref.aggregate)}.${safe(ref.id)}`;
}

export function requestSubject(service: ServiceName, verb: string): string {
  return `req.${service}.${safe(verb)}`;
}

export function requestsOf(service: ServiceName): string {
  return `req.${service}.>`;
}

/** One pod's own door, which no other pod answers. */
export function podSubject(service: ServiceName, verb: string, pod: string): string {
  return `req.${service}.${safe(verb)}.${safe(pod)}`;
}

/** What carriers told us, kept until it is dealt with: row V20. */
export const WEBHOOK_STREAM = 'HOOK';
export const WEBHOOK_SUBJECTS = 'hook.>';

/** Works the webhooks off; shared by all replicas of campaigns. */
export const WEBHOOK_DURABLE = 'campaigns-webhooks';

export function webhookSubject(tenant: string, carrierAccount: string): string {
  return `hook.${safe(tenant)}.${safe(carrierAccount)}`;
}

/** Where a live call is told of: partial transcripts, turns, levels. */
export function liveCallSubject(tenant: string, callId: string, topic: string): string {
  return liveSubject(tenant, ['call', callId, topic]);
}

/** Volatile, lossy news (partial transcripts, cache invalidation): core NATS, never stored. */
export function liveSubject(tenant: string, topic: readonly string[]): string {
  return `live.${safe(tenant)}.${topic.map(safe).join('.')}`;
}

/** '*' stands for any tenant or topic token, '>' as the last token for all that follow. */
export function liveFilter(tenant: string, topic: readonly string[]): string {
  const tokens = topic.map((part) => (part === '>' || part === '*' ? part : safe(part)));
  return `live.${tenant === '*' ? '*' : safe(tenant)}.${tokens.join('.')}`;
}

export const PROBE_STREAM = 'PROBE';
export function probeSubject(service: string): string {
  return `probe.${safe(service)}`;
}

function partitionToken(partition: number): string {
  return `p${String(partition).padStart(2, '0')}`;
}

function safe(part: string): string {
  if (!tokenPattern.test(part)) throw new RangeError('not a subject token');
  return part;
}
