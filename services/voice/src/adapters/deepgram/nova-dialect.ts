import { z } from 'zod';
import type { Heard, Transcript } from '../../app/ports/index.js';
import { parseJson } from '../connections/parse-json.js';
import { broken } from '../connections/provider-error.js';
import {
  commonQuery,
  seconds,
  typed,
  type Dialect,
  type MessageReader,
  type Reading,
  type ToLineMs,
} from './dialect.js';

const results = z.looseObject({
  type: z.literal('Results'),
  start: z.number(),
  duration: z.number(),
  is_final: z.boolean().default(false),
  speech_final: z.boolean().default(false),
  from_finalize: z.boolean().default(false),
  channel: z.looseObject({
    alternatives: z.array(
      z.looseObject({
        transcript: z.string(),
        confidence: z.number().default(0),
        words: z
          .array(
            z.looseObject({
              word: z.string(),
              punctuated_word: z.string().optional(),
              start: z.number(),
              end: z.number(),
            }),
          )
          .default([]),
      }),
    ),
  }),
});
type Results = z.output<typeof results>;

/** The vendor takes no shorter one. */
const SHORTEST_UTTERANCE_END_MS = 1000;
const FINALS_REMEMBERED = 8;

export const novaDialect: Dialect = {
  path: '/v1/listen',
  query(order) {
    const query = commonQuery(order);
    const { minDelayMs, maxDelayMs } = order.endpointing;
    const utteranceEndMs = Math.max(SHORTEST_UTTERANCE_END_MS, maxDelayMs);
    const settings = {
      channels: 1,
      language: order.language,
      interim_results: true,
      smart_format: true,
      punctuate: true,
      no_delay: true,
      vad_events: true,
      endpointing: Math.max(10, minDelayMs),
      utterance_end_ms: utteranceEndMs,
    };
    for (const [name, value] of Object.entries(settings)) query.set(name, String(value));
    // The model before the third knows the same thing by another name.
    const name = order.model.startsWith('nova-3') ? 'keyterm' : 'keywords';
    for (const keyterm of order.keyterms) query.append(name, keyterm);
    return query;
  },
  reader: (toLineMs) => new NovaReader(toLineMs),
  finalize: '{"type":"Finalize"}',
  keepAlive: '{"type":"KeepAlive"}',
};

class NovaReader implements MessageReader {
  readonly #toLineMs: ToLineMs;
  readonly #finals: string[] = [];
  #isAnnounced = false;
  #hasText = false;
  #partial = '';
  #untilMs = 0;

  constructor(toLineMs: ToLineMs) {
    this.#toLineMs = toLineMs;
  }

  read(text: string): Reading {
    const json = parseJson(text);
    const kind = typed.safeParse(json);
    if (!kind.success) return broken('deepgram', kind.error);
    if (kind.data.type === 'SpeechStarted') return this.#speechStarted();
    if (kind.data.type === 'UtteranceEnd') return this.#utteranceEnded();
    if (kind.data.type !== 'Results') return [];
    const parsed = results.safeParse(json);
    if (!parsed.success) return broken('deepgram', parsed.error);
    return parsed.data.is_final ? this.#final(parsed.data) : this.#interim(parsed.data);
  }

  /** Noise announces itself too: until there are words, every announcement counts. */
  #speechStarted(): readonly Heard[] {
    if (this.#hasText) return [];
    this.#isAnnounced = true;
    return [{ type: 'speech-started' }];
  }

  #interim({ start, channel }: Results): readonly Heard[] {
    const text = channel.alternatives[0]?.transcript ?? '';
    const isOvertaken = this.#toLineMs(seconds(start)) < this.#untilMs - 1;
    if (text === '' || text === this.#partial || isOvertaken) return [];
    this.#partial = text;
    return [...this.#announce(), { type: 'partial', text }];
  }

  #final(message: Results): readonly Heard[] {
    if (this.#isRepeated(message)) return [];
    const transcript = this.#transcript(message);
    const speechFinal = message.speech_final || message.from_finalize;
    this.#partial = '';
    this.#untilMs = this.#toLineMs(seconds(message.start + message.duration));
    if (transcript.text === '' && !speechFinal) return [];
    const announced = transcript.text === '' ? [] : this.#announce();
    if (speechFinal) this.#over();
    return [...announced, { type: 'segment', ...transcript, untilMs: this.#untilMs, speechFinal }];
  }

  /** Speech ended without the vendor having been sure of it in time. */
  #utteranceEnded(): readonly Heard[] {
    if (!this.#hasText) return [];
    this.#over();
    const nothing = { text: '', confidence: 0, alternatives: [], words: [] };
    return [{ type: 'segment', ...nothing, untilMs: this.#untilMs, speechFinal: true }];
  }

  #announce(): readonly Heard[] {
    this.#hasText = true;
    if (this.#isAnnounced) return [];
    this.#isAnnounced = true;
    return [{ type: 'speech-started' }];
  }

  #over(): void {
    this.#isAnnounced = false;
    this.#hasText = false;
  }

  #isRepeated({ start, duration, channel, from_finalize }: Results): boolean {
    const text = channel.alternatives[0]?.transcript ?? '';
    const key = [start, duration, from_finalize, text].join(' ');
    if (this.#finals.includes(key)) return true;
    this.#finals.push(key);
    if (this.#finals.length > FINALS_REMEMBERED) this.#finals.shift();
    return false;
  }

  #transcript({ channel }: Results): Transcript {
    const [best] = channel.alternatives;
    return {
      text: best?.transcript ?? '',
      confidence: best?.confidence ?? 0,
      alternatives: channel.alternatives.map(({ transcript, confidence }) => ({
        text: transcript,
        confidence,
      })),
      words: (best?.words ?? []).map(({ word, punctuated_word: punctuated, start, end }) => ({
        text: punctuated ?? word,
        startMs: this.#toLineMs(seconds(start)),
        endMs: this.#toLineMs(seconds(end)),
      })),
    };
  }
}
