import { resample } from '../speech/resample.js';
import { prepareSpeech, speech, type SpokenWord } from '../speech/speak.js';
import { readWav } from '../speech/wav.js';
import { utteranceOf, type Utterance } from './frames.js';
import type { CallerScript, CallerStep } from './script.js';

export interface SpokenText {
  readonly say: string;
  /** A WAV in base64 that is these words. */
  readonly wav?: string | undefined;
}

export interface Sound {
  /** PCM16 at 8 kHz. */
  readonly samples: Int16Array;
  readonly words?: readonly SpokenWord[];
}

/** Where sounds come from; the sandbox's own voice, or something quicker in tests. */
export interface SoundSource {
  /** May block for words never heard before. */
  speak(text: string): Sound;
  prepare(text: string): Promise<void>;
}

const MAX_KEPT = 2_000;
const RATE_HZ = 8_000;

export const synthesizedSpeech: SoundSource = {
  speak: (text) => speech(text, { rateHz: RATE_HZ }),
  prepare: (text) => prepareSpeech(text),
};

interface Kept {
  readonly utterance: Utterance;
  readonly sound: Sound;
}

/** Told before each call what its caller is going to say, as those who hear it may have forgotten. */
export type OnSoonSpoken = (said: SpokenText, sound: Sound) => void | Promise<void>;

/** What people say, cut into frames once for all calls. */
export class Voice {
  readonly #source: SoundSource;
  readonly #onSoon: OnSoonSpoken;
  readonly #kept = new Map<string, Kept>();

  constructor(source: SoundSource, onSoon: OnSoonSpoken = () => undefined) {
    this.#source = source;
    this.#onSoon = onSoon;
  }

  /** Before a call, so that nothing is synthesized while its clock runs. */
  async prepare(script: CallerScript): Promise<void> {
    for (const spoken of script.steps.flatMap(spokenIn)) {
      if (spoken.wav === undefined) await this.#source.prepare(spoken.say);
      await this.#onSoon(spoken, this.#find(spoken).sound);
    }
  }

  utterance(spoken: SpokenText): Utterance {
    return this.#find(spoken).utterance;
  }

  #find(spoken: SpokenText): Kept {
    return this.#kept.get(keyOf(spoken)) ?? this.#keep(spoken, this.#soundOf(spoken));
  }

  #soundOf({ say, wav }: SpokenText): Sound {
    return wav === undefined ? this.#source.speak(say) : telephoneSound(Buffer.from(wav, 'base64'));
  }

  #keep(spoken: SpokenText, sound: Sound): Kept {
    const kept = { utterance: utteranceOf(spoken.say, sound.samples), sound };
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(keyOf(spoken), kept);
    return kept;
  }
}

const keyOf = ({ say, wav = '' }: SpokenText): string => `${say}\n${wav}`;

function spokenIn(step: CallerStep): readonly SpokenText[] {
  if ('say' in step) return [step];
  return 'interrupt' in step ? [step.interrupt] : [];
}

/** Throws RangeError for what is no WAV of one voice. */
function telephoneSound(file: Buffer): Sound {
  const { samples, channels, rateHz } = readWav(file);
  if (channels !== 1) throw new RangeError('the WAV must be mono');
  return { samples: rateHz === RATE_HZ ? samples : resample(samples, rateHz, RATE_HZ) };
}
