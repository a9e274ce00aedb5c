import type { HeardWord } from '../speech/heard-words.js';
import type { V2Query } from './queries.js';

export type TurnEvent = 'Update' | 'StartOfTurn' | 'EagerEndOfTurn' | 'TurnResumed' | 'EndOfTurn';
export type Trigger = 'model' | 'manual' | 'timeout';

export interface Address {
  readonly requestId: string;
  readonly sequenceId: number;
}

export interface TurnLanguages {
  readonly heard: string[];
  readonly hinted: string[];
}

export interface Turn extends Address {
  readonly event: TurnEvent;
  readonly turnIndex: number;
  readonly words: readonly HeardWord[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly confidence: number;
  /** Only of the end of a turn. */
  readonly trigger?: Trigger;
  /** Only of the model for several languages. */
  readonly languages?: TurnLanguages;
}

const WORD_CONFIDENCE = 0.98;
const MS_PER_S = 1000;
const seconds = (ms: number): number => Math.round(ms) / MS_PER_S;
const addressed = ({ requestId, sequenceId }: Address) => ({
  request_id: requestId,
  sequence_id: sequenceId,
});

export const turnInfo = (turn: Turn) => ({
  type: 'TurnInfo' as const,
  ...addressed(turn),
  event: turn.event,
  turn_index: turn.turnIndex,
  audio_window_start: seconds(turn.fromMs),
  audio_window_end: seconds(turn.toMs),
  transcript: turn.words.map(({ text }) => text).join(' '),
  words: turn.words.map(({ text, startMs, endMs }) => ({
    word: text,
    confidence: WORD_CONFIDENCE,
    start: seconds(startMs),
    end: seconds(endMs),
  })),
  end_of_turn_confidence: turn.confidence,
  ...(turn.trigger && { trigger: turn.trigger }),
  ...(turn.languages && {
    languages: turn.languages.heard,
    languages_hinted: turn.languages.hinted,
  }),
});

export const connected = (address: Address) => ({
  type: 'Connected' as const,
  ...addressed(address),
});

export const configureSuccess = (address: Address, query: V2Query) => ({
  type: 'ConfigureSuccess' as const,
  ...addressed(address),
  thresholds: {
    eot_threshold: query.eot_threshold,
    eager_eot_threshold: query.eager_eot_threshold,
    eot_timeout_ms: query.eot_timeout_ms,
  },
  keyterms: query.keyterms,
  ...(query.model === 'flux-general-multi' && { language_hints: query.language_hints }),
});

export const configureFailure = (address: Address) => ({
  type: 'ConfigureFailure' as const,
  ...addressed(address),
});

export const fatalError = ({ sequenceId }: Address, code: string, description: string) => ({
  type: 'Error' as const,
  sequence_id: sequenceId,
  code,
  description,
});
