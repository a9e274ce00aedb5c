import type { CallFact } from '@trunkline/contracts';
import type { CallHead } from '../ports/index.js';

/** A fact with all that makes it the same fact wherever it is written again. */
export interface FactRecord {
  readonly head: CallHead;
  readonly eventId: string;
  readonly occurredAtMs: number;
  readonly fact: CallFact;
}

export interface KeptFact {
  /** Whether the disk took it. */
  readonly saved: Promise<boolean>;
  /** The log has it. */
  forget(): void;
}

/** What another process, or this one before it died, left behind. */
export interface LeftFacts {
  readonly records: readonly FactRecord[];
  forget(): Promise<void>;
}

/** Facts on the pod's own disk while the log is away. */
export abstract class FactJournal {
  /** `undefined`: there is no room. Some is kept back for the ends of calls. */
  abstract keep(record: FactRecord): KeptFact | undefined;
  /** What was there when the process started. */
  abstract left(): Promise<LeftFacts>;
  abstract readonly bytes: number;
  abstract readonly isNearlyFull: boolean;
  abstract close(): Promise<void>;
}
