import { Recorder, type CallRecording } from '../ports/index.js';

/** For agents and pods that keep no sound. */
export class NoRecorder extends Recorder {
  override open(): CallRecording {
    return {
      begin: () => undefined,
      heard: () => undefined,
      spoke: () => undefined,
      cleared: () => undefined,
      state: 'none',
      finish: () => Promise.resolve(),
    };
  }
}
