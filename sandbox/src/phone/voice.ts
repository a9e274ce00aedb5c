import { resample } from '../speech/resample.js';
import { prepareSpeech, speak } from '../speech/speak.js';
import { readWav } from '../speech/wav.js';
import { utteranceOf, type Utterance } from './frames.js';
import type { CallerScript, CallerStep } from './script.js';

export interface SpokenText {
  readonly say: string;
  /** A WAV in base64 that is these words. */
  readonly wav?: string | undefined;
}

/** Where sounds come from; the sandbox's own voice, or something quicker in tests. */
export interface SoundSource {
  /** PCM16 at 8 kHz; may block for words never heard before. */
  speak(text: string): Int16Array;
  prepare(text: string): Promise<void>;
}

const MAX_KEPT = 2_000;
const RATE_HZ = 8_000;

export const synthesizedSpeech: SoundSource = {
  speak: (text) => speak(text, { rateHz: RATE_HZ }),
  prepare: (text) => prepareSpeech(text),
};

/** Told of what people are going to say before anybody says it. */
export type OnNewUtterance = (text: string, pcm: Int16Array) => void | Promise<void>;

/** What people say, cut into frames once for all calls. */
export class Voice {
  readonly #source: SoundSource;
  readonly #onNew: OnNewUtterance;
  readonly #kept = new Map<string, Utterance>();

  constructor(source: SoundSource, onNew: OnNewUtterance = () => undefined) {
    this.#source = source;
    this.#onNew = onNew;
  }

  /** Before a call, so that nothing is synthesized while its clock runs. */
  async prepare(script: CallerScript): Promise<void> {
    for (const spoken of script.steps.flatMap(spokenIn)) {
      if (this.#kept.has(keyOf(spoken))) continue;
      if (spoken.wav === undefined) await this.#source.prepare(spoken.say);
      const pcm = this.#pcmOf(spoken);
      this.#keep(spoken, pcm);
      await this.#onNew(spoken.say, pcm);
    }
  }

  utterance(spoken: SpokenText): Utterance {
    return this.#kept.get(keyOf(spoken)) ?? this.#keep(spoken, this.#pcmOf(spoken));
  }

  #pcmOf({ say, wav }: SpokenText): Int16Array {
    return wav === undefined ? this.#source.speak(say) : telephoneSound(Buffer.from(wav, 'base64'));
  }

  #keep(spoken: SpokenText, pcm: Int16Array): Utterance {
    const utterance = utteranceOf(spoken.say, pcm);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(keyOf(spoken), utterance);
    return utterance;
  }
}

const keyOf = ({ say, wav = '' }: SpokenText): string => `${say}\n${wav}`;

function spokenIn(step: CallerStep): readonly SpokenText[] {
  if ('say' in step) return [step];
  return 'interrupt' in step ? [step.interrupt] : [];
}

/** Throws RangeError for what is no WAV of one voice. */
function telephoneSound(file: Buffer): Int16Array {
  const { samples, channels, rateHz } = readWav(file);
  if (channels !== 1) throw new RangeError('the WAV must be mono');
  return rateHz === RATE_HZ ? samples : resample(samples, rateHz, RATE_HZ);
}
