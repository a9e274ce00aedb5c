import type { AiProvider, Carrier, CheckResult, Envelope } from '@trunkline/contracts';

export interface KeyToCheck {
  readonly provider: AiProvider | Carrier;
  readonly secret: string;
  readonly accountId: string | null;
}

/** Asks a provider once whether it accepts a key. Never rejects: every outcome is an answer. */
export abstract class KeyChecks {
  abstract check(key: KeyToCheck, signal?: AbortSignal): Promise<Omit<CheckResult, 'generation'>>;
}

/** Says what is wrong with a JSON schema; `undefined`: nothing. */
export abstract class JsonSchemas {
  abstract problemOf(schema: Readonly<Record<string, unknown>>): string | undefined;
}

export interface AgentChange {
  readonly tenant: string;
  readonly agent: string;
  /** The version of the aggregate after the change. */
  readonly v: number;
}

/** Tells every replica at once that an agent changed. Lossy: a gap empties the caches. */
export abstract class AgentNews {
  /** False while news may be lost: what is cached cannot be trusted then. */
  abstract readonly isReliable: boolean;
  abstract publish(change: AgentChange): Promise<void>;
}

/** Keeps each version's configuration as an object of its own. */
export abstract class AgentConfigs {
  /** Of an event that makes a version; others are none of its business. */
  abstract store(event: Envelope): Promise<void>;
  /** True: this process has stored it, or does so at this moment and was waited for. */
  abstract has(eventId: string): Promise<boolean>;
}

/** The texts an agent may look things up in, by object key. */
export abstract class DocumentTexts {
  abstract store(key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  abstract read(key: string, signal?: AbortSignal): Promise<string>;
  abstract remove(key: string, signal?: AbortSignal): Promise<void>;
}

/** Shows an event in this service's own views before the request that made it is answered. */
export abstract class OwnViews {
  /** Never rejects: the projector brings the event all the same. */
  abstract show(event: Envelope): Promise<void>;
}

/** What is read before a tenant is known: the one way from an unguessable id to whose it is. */
export abstract class BeforeTenant {
  abstract tenantOfCarrierAccount(id: string): Promise<string | undefined>;
}
