import { AppError } from '@trunkline/kernel';
import { z } from 'zod';
import { baseLanguage } from '@trunkline/contracts';
import type { Heard, ListeningOrder, Transcript, Word } from '../../app/ports/index.js';
import { parseJson } from '../connections/parse-json.js';
import { broken } from '../connections/provider-error.js';
import {
  commonQuery,
  meanConfidence,
  seconds,
  typed,
  type Dialect,
  type MessageReader,
  type Reading,
  type ToLineMs,
} from './dialect.js';

const turnInfo = z.looseObject({
  type: z.literal('TurnInfo'),
  sequence_id: z.number().default(Infinity),
  event: z.string(),
  audio_window_start: z.number().default(0),
  audio_window_end: z.number().default(0),
  transcript: z.string(),
  // Missing or empty although there is a transcript: seen, and no reason to lose the text.
  words: z
    .array(
      z.looseObject({
        word: z.string(),
        confidence: z.number(),
        start: z.number().optional(),
        end: z.number().optional(),
      }),
    )
    .default([]),
  end_of_turn_confidence: z.number().default(0),
  languages: z.array(z.string()).optional(),
});
type TurnInfo = z.output<typeof turnInfo>;
const failure = z.looseObject({ code: z.string().catch('unknown') });

/** The API tells of speech every quarter of a second: that much may lie before its first word. */
const UPDATE_EVERY_MS = 250;

export const fluxDialect: Dialect = {
  path: '/v2/listen',
  query(order) {
    const query = commonQuery(order);
    const { threshold, eagerThreshold, timeoutMs } = order.endpointing;
    query.set('eot_threshold', String(threshold));
    // The vendor refuses an eager threshold above the final one.
    if (eagerThreshold !== null) {
      query.set('eager_eot_threshold', String(Math.min(eagerThreshold, threshold)));
    }
    query.set('eot_timeout_ms', String(timeoutMs));
    for (const keyterm of order.keyterms) query.append('keyterm', keyterm);
    const hint = languageHint(order);
    if (hint !== undefined) query.append('language_hint', hint);
    return query;
  },
  reader: (toLineMs) => new FluxReader(toLineMs),
  finalize: '{"type":"ForceEndTurn"}',
  keepAlive: null,
};

/** Only the multilingual model takes hints. */
function languageHint({ model, language }: ListeningOrder): string | undefined {
  return model.includes('multi') && language !== 'multi' ? baseLanguage(language) : undefined;
}

class FluxReader implements MessageReader {
  readonly #toLineMs: ToLineMs;
  #lastSequence = -1;
  #isInTurn = false;
  #text = '';
  #startedAtMs = 0;
  #grewAtMs = 0;

  constructor(toLineMs: ToLineMs) {
    this.#toLineMs = toLineMs;
  }

  read(text: string): Reading {
    const json = parseJson(text);
    const kind = typed.safeParse(json);
    if (!kind.success) return broken('deepgram', kind.error);
    if (kind.data.type === 'Error') return errorOfCode(failure.parse(json).code);
    if (kind.data.type !== 'TurnInfo') return [];
    const info = turnInfo.safeParse(json);
    return info.success ? this.#turn(info.data) : broken('deepgram', info.error);
  }

  #turn(info: TurnInfo): readonly Heard[] {
    const { sequence_id: sequence } = info;
    // Sent twice or overtaken: what it says is known or no longer true.
    if (Number.isFinite(sequence) && sequence <= this.#lastSequence) return [];
    if (Number.isFinite(sequence)) this.#lastSequence = sequence;
    return [...this.#start(info), ...this.#partial(info), ...this.#news(info)];
  }

  #start({ event, transcript, audio_window_end }: TurnInfo): readonly Heard[] {
    if (this.#isInTurn || (event !== 'StartOfTurn' && transcript === '')) return [];
    this.#isInTurn = true;
    this.#startedAtMs = Math.max(0, seconds(audio_window_end) - UPDATE_EVERY_MS);
    this.#grewAtMs = seconds(audio_window_end);
    return [{ type: 'speech-started' }];
  }

  #partial({ transcript, event, audio_window_end }: TurnInfo): readonly Heard[] {
    if (transcript === '' || transcript === this.#text) return [];
    this.#text = transcript;
    this.#grewAtMs = seconds(audio_window_end);
    return event === 'EndOfTurn' ? [] : [{ type: 'partial', text: transcript }];
  }

  #news(info: TurnInfo): readonly Heard[] {
    const { event, transcript: text, end_of_turn_confidence: confidence } = info;
    if (event === 'EagerEndOfTurn') return [{ type: 'eager-end', text, confidence }];
    if (event === 'TurnResumed') return [{ type: 'turn-resumed' }];
    if (event !== 'EndOfTurn') return [];
    const ended: Heard = {
      type: 'turn-ended',
      ...this.#transcript(info),
      untilMs: this.#toLineMs(seconds(info.audio_window_end)),
      language: info.languages?.[0] ?? null,
    };
    this.#isInTurn = false;
    this.#text = '';
    return [ended];
  }

  #transcript(info: TurnInfo): Transcript {
    const confidence = meanConfidence(info.words) ?? info.end_of_turn_confidence;
    const text = info.transcript;
    return { text, confidence, alternatives: [{ text, confidence }], words: this.#words(info) };
  }

  #words({ words, transcript }: TurnInfo): readonly Word[] {
    const timed = words.flatMap(({ word, start, end }) =>
      start === undefined || end === undefined ? [] : [this.#word(word, start * 1000, end * 1000)],
    );
    if (timed.length > 0 && timed.length === words.length) return timed;
    const texts =
      words.length > 0 ? words.map(({ word }) => word) : transcript.split(/\s+/u).filter(Boolean);
    return this.#spread(texts);
  }

  /** Without times of its own a word gets a share of the turn by its length. */
  #spread(texts: readonly string[]): readonly Word[] {
    const total = texts.reduce((sum, text) => sum + text.length + 1, 0);
    const spanMs = Math.max(0, this.#grewAtMs - this.#startedAtMs);
    let before = 0;
    return texts.map((text) => {
      const startMs = this.#startedAtMs + (spanMs * before) / total;
      before += text.length + 1;
      return this.#word(text, startMs, this.#startedAtMs + (spanMs * before) / total);
    });
  }

  #word(text: string, startMs: number, endMs: number): Word {
    return {
      text,
      startMs: Math.round(this.#toLineMs(startMs)),
      endMs: Math.round(this.#toLineMs(endMs)),
    };
  }
}

/** Codes that blame what we sent: trying the same again would end the same. */
const refusedCode = /AUTH|INVALID|UNSUPPORTED|UNPARSABLE|FORBIDDEN|DATA-/;

function errorOfCode(vendorCode: string): AppError {
  const details = { provider: 'deepgram', vendorCode: vendorCode.slice(0, 60) };
  return refusedCode.test(vendorCode)
    ? new AppError('provider.refused', { details })
    : new AppError('provider.unavailable', { retryable: true, details });
}
