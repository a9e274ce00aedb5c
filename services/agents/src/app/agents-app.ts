import type { AllowedHosts, EventStore, Logger, Mongo } from '@trunkline/platform';
import type { AgentCache } from './agent-cache.js';
import type { DataKeys } from './data-keys.js';
import type { TenantDefaults } from './tenant-defaults.js';
import type {
  AgentConfigs,
  AgentNews,
  BeforeTenant,
  DocumentTexts,
  JsonSchemas,
  KeyChecks,
  OwnViews,
} from './ports.js';

/** Everything the use cases work with. */
export interface AgentsApp {
  readonly store: EventStore;
  readonly mongo: Mongo;
  readonly before: BeforeTenant;
  readonly views: OwnViews;
  readonly configs: AgentConfigs;
  readonly texts: DocumentTexts;
  readonly news: AgentNews;
  readonly cache: AgentCache;
  readonly defaults: TenantDefaults;
  readonly dataKeys: DataKeys;
  readonly keyChecks: KeyChecks;
  readonly jsonSchemas: JsonSchemas;
  /** Servers in the own network that tools may name. */
  readonly toolHosts: AllowedHosts;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}
