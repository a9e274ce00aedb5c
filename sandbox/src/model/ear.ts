import type { SpeechEncoding } from '../speech/g711.js';
import { Hearing } from '../speech/hearing.js';
import type { UtteranceBank } from '../speech/utterance-bank.js';
import type { SoundFormat } from './rendered.js';
import type { SoundEncoding } from './sound-bytes.js';

/** Less is a click, not somebody speaking. */
const SPEECH_MS = 60;
/** Clicks further apart than this do not add up. */
const FORGET_MS = 300;

const heardAs: Readonly<Partial<Record<SoundEncoding, SpeechEncoding>>> = {
  pcm_s16le: 'linear16',
  pcm_mulaw: 'mulaw',
  pcm_alaw: 'alaw',
};

export interface EarSettings extends SoundFormat {
  /** So much of it after speech ends a turn. */
  readonly silenceMs: number;
}

export type EarEvent =
  /** On the clock of the audio that came. */
  | { readonly kind: 'started'; readonly atMs: number }
  | { readonly kind: 'stopped'; readonly atMs: number; readonly transcript: string };

/** Hears a caller and knows when a turn begins and ends. */
export class Ear {
  readonly #hearing: Hearing;
  readonly #silenceMs: number;
  readonly #offsetMs: number;
  #isSpeaking = false;

  /** `offsetMs`: how much was heard before by another ear of the same call. */
  constructor(bank: UtteranceBank, settings: EarSettings, offsetMs = 0) {
    const { encoding, rateHz, silenceMs } = settings;
    const wire = heardAs[encoding];
    if (!wire) throw new RangeError(`cannot hear ${encoding}`);
    this.#hearing = new Hearing(bank, { encoding: wire, rateHz });
    this.#silenceMs = silenceMs;
    this.#offsetMs = offsetMs;
  }

  get heardMs(): number {
    return this.#offsetMs + this.#hearing.audioMs;
  }

  hear(bytes: Uint8Array): readonly EarEvent[] {
    const events: EarEvent[] = [];
    this.#hearing.hear(bytes, () => {
      const event = this.#afterBlock();
      if (event) events.push(event);
    });
    return events;
  }

  /** Ends whatever is being said. */
  takeTranscript(): string {
    this.#isSpeaking = false;
    return this.#hearing
      .endTurn()
      .map(({ text }) => text)
      .join(' ');
  }

  #afterBlock(): EarEvent | undefined {
    const { voice, silenceMs } = this.#hearing;
    if (!voice) return undefined;
    if (!this.#isSpeaking && voice.voicedMs >= SPEECH_MS) {
      this.#isSpeaking = true;
      return { kind: 'started', atMs: this.#offsetMs + voice.startMs };
    }
    if (silenceMs < (this.#isSpeaking ? this.#silenceMs : FORGET_MS)) return undefined;
    const wasSpeaking = this.#isSpeaking;
    const transcript = this.takeTranscript();
    const atMs = this.#offsetMs + voice.lastMs;
    return wasSpeaking ? { kind: 'stopped', atMs, transcript } : undefined;
  }
}
