/** How sound is written on a wire. Frames are 20 ms everywhere. */
export interface AudioFormat {
  readonly encoding: 'mulaw' | 'alaw' | 'pcm16le';
  readonly rateHz: 8000 | 16_000 | 24_000;
}

export const FRAME_MS = 20;
export const phoneFormat: AudioFormat = { encoding: 'mulaw', rateHz: 8000 };

export function bytesPerFrame(format: AudioFormat): number {
  const bytesPerSample = format.encoding === 'pcm16le' ? 2 : 1;
  return (format.rateHz / 1000) * FRAME_MS * bytesPerSample;
}

export interface Word {
  readonly text: string;
  /** Since the first frame of the session, or of the reply. */
  readonly startMs: number;
  readonly endMs: number;
}
