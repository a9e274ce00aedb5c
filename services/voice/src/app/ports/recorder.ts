import type { AudioFormat } from './audio-format.js';
import type { CallFactWriter, CallHead } from './call-facts.js';

export interface RecordingOrder extends CallHead {
  readonly campaign: string | null;
  readonly format: AudioFormat;
  readonly stereo: boolean;
  /** Where `call.recording-stored` goes. */
  readonly facts: CallFactWriter;
}

/** Both sides of one call. Before `begin` nothing is kept, not even for a moment. */
export interface CallRecording {
  begin(): void;
  /** 20 ms of the caller, as they came. */
  heard(frame: Uint8Array): void;
  /** 20 ms of the agent, as they left; they may be ahead of the clock. */
  spoke(frame: Uint8Array): void;
  /** The carrier's buffer was emptied: what is ahead of the clock was never heard. */
  cleared(): void;
  /** What `call.ended` says of it: of what `failed` there is nothing to store. */
  readonly state: 'none' | 'pending' | 'truncated' | 'failed';
  /** Stores it and says so in the log; what cannot be stored now is stored later. */
  finish(signal: AbortSignal): Promise<void>;
}

export abstract class Recorder {
  abstract open(order: RecordingOrder): CallRecording;
}
