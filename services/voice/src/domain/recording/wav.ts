export const WAV_RATE_HZ = 16_000;
export const WAV_HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
/** Of 20 ms in one lane. */
export const WAV_TICK_BYTES = (WAV_RATE_HZ / 50) * BYTES_PER_SAMPLE;

export function wavBytes(ticks: number, channels: number): number {
  return WAV_HEADER_BYTES + ticks * WAV_TICK_BYTES * channels;
}

/** Row E10: PCM16 at 16 kHz, whose sizes are known before the first sample is written. */
export function wavHeader(ticks: number, channels: number): Uint8Array {
  const bytes = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const dataBytes = ticks * WAV_TICK_BYTES * channels;
  const blockBytes = channels * BYTES_PER_SAMPLE;
  write(bytes, 0, 'RIFF');
  view.setUint32(4, WAV_HEADER_BYTES - 8 + dataBytes, true);
  write(bytes, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, WAV_RATE_HZ, true);
  view.setUint32(28, WAV_RATE_HZ * blockBytes, true);
  view.setUint16(32, blockBytes, true);
  view.setUint16(34, 8 * BYTES_PER_SAMPLE, true);
  write(bytes, 36, 'data');
  view.setUint32(40, dataBytes, true);
  return bytes;
}

function write(bytes: Uint8Array, at: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index);
}
