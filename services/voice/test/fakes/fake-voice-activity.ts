import {
  VoiceActivity,
  bytesPerFrame,
  FRAME_MS,
  type AudioFormat,
  type VoiceTrack,
} from '../../src/app/ports/index.js';
import { Voicing } from '../../src/app/call/voicing.js';
import type { VoiceWindow } from '../../src/domain/hearing/voice-gate.js';

/** Takes whatever is loud for a voice, frame by frame and at once. */
export class FakeVoiceActivity extends VoiceActivity {
  openTracks = 0;

  track(format: AudioFormat, onWindow: (window: VoiceWindow) => void): VoiceTrack {
    const voicing = new Voicing(format);
    const frameBytes = bytesPerFrame(format);
    let isClosed = false;
    this.openTracks += 1;
    return {
      send: (frame) => {
        if (isClosed) return;
        const lengthMs = (frame.length / frameBytes) * FRAME_MS;
        onWindow({ probability: voicing.isVoice(frame) ? 1 : 0, lengthMs });
      },
      close: () => {
        if (!isClosed) this.openTracks -= 1;
        isClosed = true;
      },
    };
  }
}
