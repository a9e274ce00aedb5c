import { decodeMuLaw } from './mu-law.js';
import { FRAME_BYTES, silentFrame } from './frames.js';

const MAX_FRAMES = 30 * 60 * 50;
const WAV_HEADER_BYTES = 44;

/** Both sides of a call as the carrier heard them; after half an hour it keeps what it has. */
export class Recorder {
  readonly #frames: { readonly said: Uint8Array; readonly heard: Uint8Array }[] = [];

  add(said: Uint8Array, heard: Uint8Array | undefined): void {
    if (this.#frames.length >= MAX_FRAMES) return;
    this.#frames.push({ said, heard: heard ?? silentFrame.bytes });
  }

  /** PCM16 at 8 kHz, the caller on the left, the agent on the right. */
  toWav(): Buffer {
    const dataBytes = this.#frames.length * FRAME_BYTES * 4;
    const wav = Buffer.alloc(WAV_HEADER_BYTES + dataBytes);
    writeHeader(wav, dataBytes);
    let at = WAV_HEADER_BYTES;
    for (const { said, heard } of this.#frames) {
      for (let index = 0; index < FRAME_BYTES; index += 1) {
        wav.writeInt16LE(decodeMuLaw(said[index] ?? 0xff), at);
        wav.writeInt16LE(decodeMuLaw(heard[index] ?? 0xff), at + 2);
        at += 4;
      }
    }
    return wav;
  }
}

function writeHeader(wav: Buffer, dataBytes: number): void {
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(2, 22);
  wav.writeUInt32LE(8_000, 24);
  wav.writeUInt32LE(32_000, 28);
  wav.writeUInt16LE(4, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(dataBytes, 40);
}
