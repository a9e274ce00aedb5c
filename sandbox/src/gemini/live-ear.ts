import { Ear, type EarEvent } from '../model/ear.js';
import type { UtteranceBank } from '../speech/utterance-bank.js';

const soundType = /^audio\/pcm(?:;\s*rate=(\d+))?$/;
const DEFAULT_RATE = '16000';
const heardRates: readonly number[] = [8000, 16_000, 24_000, 48_000];

/** Each message names its rate; a change of it begins anew. */
export class LiveEar {
  readonly #bank: UtteranceBank;
  readonly #silenceMs: number;
  #ear: { readonly rateHz: number; readonly hears: Ear } | undefined;

  constructor(bank: UtteranceBank, silenceMs: number) {
    this.#bank = bank;
    this.#silenceMs = silenceMs;
  }

  /** `undefined`: no sound it understands. */
  hear({ data, mimeType }: { data: string; mimeType: string }): readonly EarEvent[] | undefined {
    const match = soundType.exec(mimeType);
    const rateHz = Number(match?.[1] ?? DEFAULT_RATE);
    if (!match || !heardRates.includes(rateHz)) return undefined;
    return this.#at(rateHz).hear(Buffer.from(data, 'base64'));
  }

  takeTranscript(): string {
    return this.#ear?.hears.takeTranscript() ?? '';
  }

  #at(rateHz: number): Ear {
    if (this.#ear?.rateHz === rateHz) return this.#ear.hears;
    const settings = { encoding: 'pcm_s16le', rateHz, silenceMs: this.#silenceMs } as const;
    const hears = new Ear(this.#bank, settings);
    this.#ear = { rateHz, hears };
    return hears;
  }
}
