import { createHash } from 'node:crypto';
import type { HeardWord } from '../speech/heard-words.js';
import type { V1Query } from './queries.js';

const CONFIDENCE = 0.98;
const MS_PER_S = 1000;
const MODEL_UUID = '00000000-0000-4000-8000-00000000d9a1';
const seconds = (ms: number): number => Math.round(ms) / MS_PER_S;

export interface Segment {
  readonly requestId: string;
  readonly words: readonly HeardWord[];
  readonly startMs: number;
  readonly endMs: number;
  readonly flags: {
    readonly isFinal: boolean;
    readonly speechFinal: boolean;
    readonly fromFinalize: boolean;
  };
}

export function resultsMessage({ words, flags, ...segment }: Segment, query: V1Query) {
  const isPunctuated = query.punctuate || query.smart_format;
  const shown = words.map((word) => (isPunctuated ? word.text : bare(word.text)));
  return {
    type: 'Results' as const,
    channel_index: [0, 1],
    duration: seconds(segment.endMs - segment.startMs),
    start: seconds(segment.startMs),
    is_final: flags.isFinal,
    speech_final: flags.speechFinal,
    channel: {
      alternatives: [
        {
          transcript: shown.join(' '),
          confidence: words.length > 0 ? CONFIDENCE : 0,
          words: words.map(({ text, startMs, endMs }) => ({
            word: bare(text),
            start: seconds(startMs),
            end: seconds(endMs),
            confidence: CONFIDENCE,
            ...(isPunctuated && { punctuated_word: text }),
          })),
        },
      ],
    },
    metadata: {
      request_id: segment.requestId,
      model_info: { name: query.model, version: '2025-01-01.0', arch: 'sandbox' },
      model_uuid: MODEL_UUID,
    },
    from_finalize: flags.fromFinalize,
  };
}

export function metadataMessage(stream: {
  readonly requestId: string;
  readonly createdAt: Date;
  readonly audioMs: number;
}) {
  return {
    type: 'Metadata' as const,
    transaction_key: 'deprecated',
    request_id: stream.requestId,
    sha256: createHash('sha256').update(stream.requestId).digest('hex'),
    created: stream.createdAt.toISOString(),
    duration: seconds(stream.audioMs),
    channels: 1,
  };
}

function bare(word: string): string {
  return word.toLowerCase().replaceAll(/^[^\p{L}\p{N}[]+|[^\p{L}\p{M}\p{N}\]%]+$/gu, '');
}

export const speechStarted = (atMs: number) => ({
  type: 'SpeechStarted' as const,
  channel: [0, 1],
  timestamp: seconds(atMs),
});

export const utteranceEnd = (lastWordEndMs: number) => ({
  type: 'UtteranceEnd' as const,
  channel: [0, 1],
  last_word_end: seconds(lastWordEndMs),
});
