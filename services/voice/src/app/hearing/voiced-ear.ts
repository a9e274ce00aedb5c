import { Channel } from '@trunkline/kernel';
import { closedGate, judge, type VoiceGateRules } from '../../domain/hearing/voice-gate.js';
import type { AudioFormat, Ear, EarNews, VoiceActivity, VoiceTrack } from '../ports/index.js';

const MOST_NEWS = 1000;

export interface VoicedEarParts {
  readonly ear: Ear;
  readonly voices: VoiceActivity;
  readonly format: AudioFormat;
  readonly rules: VoiceGateRules;
}

/**
 * An ear whose words come from a vendor and whose beginnings and ends of speech come from the line
 * itself. What the vendor takes for the beginning of speech may be noise, and is not passed on.
 */
export class VoicedEar implements Ear {
  readonly #ear: Ear;
  readonly #rules: VoiceGateRules;
  readonly #track: VoiceTrack;
  readonly #news = new Channel<EarNews>({ capacity: MOST_NEWS, whenFull: 'drop-oldest' });
  #gate = closedGate;

  constructor({ ear, voices, format, rules }: VoicedEarParts) {
    this.#ear = ear;
    this.#rules = rules;
    this.#track = voices.track(format, (window) => {
      const [gate, sign] = judge(this.#gate, window, this.#rules);
      this.#gate = gate;
      if (sign) this.#news.offer(sign);
    });
    void this.#follow();
  }

  get news(): AsyncIterable<EarNews> {
    return this.#news;
  }

  send(frame: Uint8Array): void {
    this.#ear.send(frame);
    this.#track.send(frame);
  }

  finalize(): void {
    this.#ear.finalize();
  }

  close(): void {
    this.#track.close();
    this.#ear.close();
    this.#news.close();
  }

  async #follow(): Promise<void> {
    try {
      for await (const news of this.#ear.news) {
        if (news.type !== 'speech-started') this.#news.offer(news);
      }
      this.#news.close();
    } catch (error) {
      this.#news.fail(error);
    }
  }
}
