import type { FactJournal } from '../facts/fact-journal.js';
import type { Spool } from '../recording/ports.js';

export interface OpenCall {
  readonly tenant: string;
  readonly callId: string;
  readonly pod: string;
  readonly startedAtMs: number;
}

/** Calls that are not over, or whose recording is not stored. */
export abstract class OpenCalls {
  abstract read(): Promise<readonly OpenCall[]>;
}

/** Who is there. */
export abstract class Pods {
  /** How long we have been able to tell. */
  abstract readonly unbrokenMs: number;
  /** It renews its lease, or answers when it is asked. */
  abstract isAlive(pod: string): Promise<boolean>;
  /** `false` when another process is at it; `check` throws once we may no longer be the only one. */
  abstract alone(work: (check: () => void) => Promise<void>): Promise<boolean>;
}

/** What a pod leaves on a volume that others see. */
export abstract class Remains {
  abstract journalOf(pod: string): FactJournal;
  abstract spoolOf(pod: string): Spool;
}
