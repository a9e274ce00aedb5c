import type { WebsocketResponse } from '@cartesia/cartesia-js/resources/tts.js';
import type { SpokenWord } from '../speech/speak.js';

type WordTimestamps = NonNullable<WebsocketResponse.Timestamps['word_timestamps']>;

interface OfContext {
  readonly contextId: string;
  /** One more than flushes were asked for before the text. */
  readonly flushId?: number;
}

const head = <const T extends string>(type: T, { contextId }: OfContext, done: boolean) => ({
  type,
  status_code: done ? 200 : 206,
  done,
  context_id: contextId,
});
const flushOf = ({ flushId }: OfContext) => (flushId === undefined ? {} : { flush_id: flushId });

export const chunkMessage = (
  of: OfContext,
  data: string,
  stepTimeMs: number,
): WebsocketResponse.Chunk => ({
  ...head('chunk', of, false),
  data,
  step_time: stepTimeMs,
  ...flushOf(of),
});

export const timestampsMessage = (
  of: OfContext,
  words: WordTimestamps,
): WebsocketResponse.Timestamps => ({
  ...head('timestamps', of, false),
  word_timestamps: words,
  ...flushOf(of),
});

/** In seconds from the start of the context, of which so many were spoken before. */
export function wordTimestamps(
  words: readonly SpokenWord[],
  spokenSeconds: number,
): WordTimestamps {
  const seconds = (atMs: number): number => Math.round(spokenSeconds * 1000 + atMs) / 1000;
  return {
    words: words.map(({ text }) => text),
    start: words.map(({ startMs }) => seconds(startMs)),
    end: words.map(({ endMs }) => seconds(endMs)),
  };
}

export const flushDoneMessage = (
  of: OfContext & { readonly flushId: number },
): WebsocketResponse.FlushDone => ({
  ...head('flush_done', of, false),
  flush_done: true,
  flush_id: of.flushId,
});

export const doneMessage = (of: OfContext): WebsocketResponse.Done => ({
  ...head('done', of, true),
  done: true,
});

export interface CartesiaError {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly message: string;
}

export function errorMessage(
  error: CartesiaError,
  of: { readonly requestId: string; readonly contextId?: string | undefined },
): WebsocketResponse.Error {
  return {
    type: 'error',
    status_code: error.status,
    done: true,
    error_code: error.code,
    title: error.title,
    message: error.message,
    request_id: of.requestId,
    ...(of.contextId !== undefined && { context_id: of.contextId }),
  };
}

const refusal =
  (status: number, code: string, title: string) =>
  (message: string): CartesiaError => ({ status, code, title, message });

export const badRequest = refusal(400, 'bad_request', 'Invalid request');
export const contextClosed = refusal(
  400,
  'context_closed',
  'Context closed',
)('This context has finished. Use a new context_id.');
export const badKey = refusal(401, 'unauthorized', 'Unauthorized')('Invalid API key.');
export const tooMany = refusal(
  429,
  'concurrency_limited',
  'Too many concurrent requests',
)("You have exceeded your plan's concurrency limit.");
export const serverError = refusal(
  500,
  'internal_error',
  'Internal server error',
)('Something went wrong on our side.');
