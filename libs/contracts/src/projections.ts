import type { ServiceName } from './catalogue.js';
import { projectionFilters } from './subjects.js';

/**
 * Every read model of every service. The archiver never purges above the position of a
 * durable named here, so a projection that is not in this list cannot be started.
 */
export interface ProjectionDefinition {
  readonly service: ServiceName;
  readonly view: string;
  /** A changed projection is a new version and a new collection. */
  readonly version: number;
  readonly aggregates: readonly string[];
  /** Into how many durables the 16 partitions are split (1, 2, 4, 8 or 16). */
  readonly groups: number;
}

export interface Durable {
  readonly name: string;
  readonly filters: readonly string[];
}

/** `<service>-<view>-v<N>`: the durable's name and the collection's. */
export function projectionName(projection: ProjectionDefinition): string {
  return `${projection.service}-${projection.view}-v${projection.version}`;
}

export function durablesOf(projection: ProjectionDefinition): Durable[] {
  const name = projectionName(projection);
  const of = projection.groups;
  return Array.from({ length: of }, (_, group) => ({
    name: of === 1 ? name : `${name}-${group}of${of}`,
    filters: projectionFilters(projection.aggregates, { group, of }),
  }));
}

function projection(
  service: ServiceName,
  view: string,
  aggregates: readonly string[],
): ProjectionDefinition {
  return { service, view, version: 1, aggregates, groups: 1 };
}

export const projections = {
  tenants: projection('gateway', 'tenants', ['tenant']),
  clients: projection('gateway', 'clients', ['tenant']),
  users: projection('gateway', 'users', ['user']),
  memberships: projection('gateway', 'memberships', ['membership']),
  invitations: projection('gateway', 'invitations', ['invitation']),
  apiKeys: projection('gateway', 'api-keys', ['apikey']),
  audit: projection('gateway', 'audit', [
    'tenant',
    'user',
    'membership',
    'invitation',
    'apikey',
    'credential',
    'carrier-account',
    'agent',
    'tool',
    'knowledge',
    'route',
  ]),
  agents: projection('agents', 'agents', ['agent']),
  agentVersions: projection('agents', 'agent-versions', ['agent']),
  /** No collection: its effect is one object per version in the bucket `agents`. */
  agentConfigs: projection('agents', 'agent-configs', ['agent']),
  tools: projection('agents', 'tools', ['tool']),
  knowledge: projection('agents', 'knowledge', ['knowledge']),
  credentials: projection('agents', 'credentials', ['credential']),
  carrierAccounts: projection('agents', 'carrier-accounts', ['carrier-account']),
  routes: projection('agents', 'routes', ['route']),
  dials: { ...projection('campaigns', 'dials', ['dial']), version: 2 },
  /** No collection: its effect is the one POST of each dial. */
  dialWork: projection('campaigns', 'dial-work', ['dial']),
  /** Which pod each call is on, and whether its recording is still to come. */
  openCalls: projection('voice', 'open-calls', ['call']),
  callLogs: projection('analytics', 'call-logs', ['call', 'dial', 'voice-session', 'analysis']),
  /** No collection: its effect is the transcript of each call that has ended. */
  transcripts: projection('analytics', 'transcripts', ['call']),
  runtimeDefaults: projection('agents', 'runtime-defaults', ['tenant']),
} as const satisfies Record<string, ProjectionDefinition>;

export function allProjections(): ProjectionDefinition[] {
  return Object.values(projections);
}

/** Every durable the archiver has to wait for. */
export function knownDurables(): string[] {
  return allProjections().flatMap((one) => durablesOf(one).map((durable) => durable.name));
}

export type SidePurpose = 'rebuild' | 'verify';

/** What a rebuild or a check of a projection reads with; `run` tells one run from another. */
export function sideDurableOf(
  projection: ProjectionDefinition,
  side: { readonly purpose: SidePurpose; readonly run: string },
): Durable {
  const filters = projectionFilters(projection.aggregates, { group: 0, of: 1 });
  return { name: `${projectionName(projection)}-${side.purpose}-${side.run}`, filters };
}

/** While it exists it holds the archiver back like a known durable, but it need not exist. */
export function isSideDurable(name: string): boolean {
  return allProjections().some((one) =>
    (['rebuild', 'verify'] as const).some((purpose) =>
      name.startsWith(`${projectionName(one)}-${purpose}-`),
    ),
  );
}
