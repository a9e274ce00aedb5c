import type { VoiceWindow } from '../../domain/hearing/voice-gate.js';
import type { AudioFormat } from './audio-format.js';

/** One line being listened to for voices. */
export interface VoiceTrack {
  /** Never waits, never throws, and keeps nothing of the frame. */
  send(frame: Uint8Array): void;
  /** Nothing is told any more. */
  close(): void;
}

/** Tells a voice from noise, for all calls of the process at once. */
export abstract class VoiceActivity {
  /** Windows are told in the order of the sound, a little later. */
  abstract track(format: AudioFormat, onWindow: (window: VoiceWindow) => void): VoiceTrack;
}
