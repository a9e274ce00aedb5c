import type { Logger, ObjectStore } from '@trunkline/platform';
import { Recorder, type CallRecording, type RecordingOrder } from '../ports/index.js';
import type { Spool } from './ports.js';
import type { RecordingVault } from './recording-vault.js';
import { SpooledRecording } from './spooled-recording.js';

export interface RecorderParts {
  readonly spool: Spool;
  readonly vault: RecordingVault;
  readonly objects: ObjectStore;
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** How much of a call each segment in the object store holds. */
  readonly segmentMs: number;
}

/** Records calls on the pod's own disk; the vault takes them from there. */
export class SpooledRecorder extends Recorder {
  constructor(private readonly parts: RecorderParts) {
    super();
  }

  override open(order: RecordingOrder): CallRecording {
    return new SpooledRecording(this.parts, order);
  }
}
