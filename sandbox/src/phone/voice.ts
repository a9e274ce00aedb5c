import { utteranceOf, type Utterance } from './frames.js';

/** PCM16 at 8 kHz. */
export type Speak = (text: string) => Int16Array;

export interface SpokenText {
  readonly say: string;
  /** A WAV in base64 that is these words: PCM16, 8 kHz, mono. */
  readonly wav?: string | undefined;
}

const MAX_KEPT = 2_000;
const RATE_HZ = 8_000;

/** What people say, cut into frames once for all calls. */
export class Voice {
  readonly #speak: Speak;
  readonly #onNew: (utterance: Utterance) => void;
  readonly #kept = new Map<string, Utterance>();

  /** `onNew` hears of each utterance before anybody says it. */
  constructor(speak: Speak, onNew: (utterance: Utterance) => void = () => undefined) {
    this.#speak = speak;
    this.#onNew = onNew;
  }

  utterance({ say, wav }: SpokenText): Utterance {
    const key = `${say}\n${wav ?? ''}`;
    const known = this.#kept.get(key);
    if (known) return known;
    const pcm = wav === undefined ? this.#speak(say) : pcmOf(Buffer.from(wav, 'base64'));
    const utterance = utteranceOf(say, pcm);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, utterance);
    this.#onNew(utterance);
    return utterance;
  }
}

/** Throws RangeError for a WAV that a telephone could not play as it is. */
export function pcmOf(wav: Buffer): Int16Array {
  const isWav = wav.toString('latin1', 0, 4) === 'RIFF' && wav.toString('latin1', 8, 12) === 'WAVE';
  if (!isWav) throw new RangeError('not a WAV file');
  let at = 12;
  while (at + 8 <= wav.length) {
    const name = wav.toString('latin1', at, at + 4);
    const sizeBytes = wav.readUInt32LE(at + 4);
    const body = wav.subarray(at + 8, at + 8 + sizeBytes);
    if (name === 'fmt ') checkFormat(body);
    if (name === 'data') {
      return Int16Array.from({ length: Math.floor(body.length / 2) }, (_, index) =>
        body.readInt16LE(index * 2),
      );
    }
    at += 8 + sizeBytes + (sizeBytes % 2);
  }
  throw new RangeError('a WAV file without sound');
}

function checkFormat(format: Buffer): void {
  const isTelephone =
    format.length >= 16 &&
    format.readUInt16LE(0) === 1 &&
    format.readUInt16LE(2) === 1 &&
    format.readUInt32LE(4) === RATE_HZ &&
    format.readUInt16LE(14) === 16;
  if (!isTelephone) throw new RangeError('the WAV must be PCM16, 8000 Hz, mono');
}
