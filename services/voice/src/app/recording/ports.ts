import type { CallFact } from '@trunkline/contracts';
import type { Sound } from './sound.js';

/** Raw sound on its way to the object store, on a disk that outlives the process. */
export interface SpoolFile {
  append(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  /** Fewer bytes at the end of the file. */
  read(at: number, length: number): Promise<Uint8Array>;
  readonly sizeBytes: number;
  close(): Promise<void>;
}

export abstract class Spool {
  abstract create(name: string): Promise<SpoolFile>;
  abstract open(name: string): Promise<SpoolFile>;
  abstract remove(name: string): Promise<void>;
  abstract names(): Promise<readonly string[]>;
}

type RecordingStored = Extract<CallFact, { readonly type: 'call.recording-stored' }>['data'];
export type StoredSound = Omit<RecordingStored, 'truncated' | 'by'>;

/**
 * Makes a call's WAVs and peaks of its sound and stores them. Doing it again writes the same
 * bytes to the same places; what fails throws, and nothing of it counts as stored.
 */
export abstract class SoundPress {
  abstract press(sound: Sound, signal: AbortSignal): Promise<StoredSound>;
}
