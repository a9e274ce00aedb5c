import type { Envelope } from '@trunkline/contracts';

export type InvariantName = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7';

export interface Violation {
  readonly invariant: InvariantName;
  /** The call, object or subject it is about. */
  readonly about: string;
  readonly what: string;
}

/** An event as it stands on the log, and where. */
export interface LoggedEvent extends Envelope {
  readonly subject: string;
}

export interface CallLog {
  readonly _id: string;
  readonly tenant: string;
  readonly status: string;
  /** So far the read model has read each source. */
  readonly v: Readonly<Record<string, number>>;
  readonly recording: { readonly sha256: string | null } | null;
}

export interface Letter {
  readonly state: string;
  readonly projection: string;
  readonly id: string;
}

/** A call as its carrier knows it. */
export interface CarrierLeg {
  readonly id: string;
  readonly accountId: string;
  readonly state: string;
  readonly from: string;
  readonly to: string;
}

/** A request of the platform that changed something at a carrier. */
export interface CarrierDeed {
  readonly command: string;
  readonly accountId: string;
  readonly key?: string | undefined;
  readonly callId?: string | undefined;
  readonly isAccepted: boolean;
}

export interface StoredFile {
  readonly key: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** What a WAV's own header says of its length. */
  readonly riffBytes: number | null;
  readonly dataBytes: number | null;
}

/** What somebody outside was told, and what was done to the platform. */
export interface Circumstances {
  /** Calls that the API acknowledged. */
  readonly acknowledged?: readonly string[];
  /** When a pod died for good, or until it came back under its name. */
  readonly deaths?: readonly { readonly pod: string; readonly atMs: number }[];
  /** What must not stand in any log line: secrets, and what people said. */
  readonly canaries?: readonly string[];
}

/** Everything that is left when the dust has settled, from where it is kept. */
export interface Evidence extends Required<Circumstances> {
  /** In the order of the log. */
  readonly events: readonly LoggedEvent[];
  readonly callLogs: readonly CallLog[];
  readonly letters: readonly Letter[];
  readonly legs: readonly CarrierLeg[];
  readonly deeds: readonly CarrierDeed[];
  readonly files: ReadonlyMap<string, StoredFile>;
  /** Names of segments that are still in the bucket `spool`. */
  readonly segments: readonly string[];
  readonly said: readonly string[];
}
