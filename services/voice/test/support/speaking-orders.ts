import { phoneFormat, type SpeakingOrder, type Spoken } from '../../src/app/ports/index.js';

export function speakingOrder(changes: Partial<SpeakingOrder> = {}): SpeakingOrder {
  return {
    access: { provider: 'cartesia', baseUrl: 'http://127.0.0.1:9', apiKey: 'k', owner: 'acme' },
    model: 'sonic-3',
    voice: 'cartesia-katie-en',
    language: 'en-US',
    speed: 1,
    format: phoneFormat,
    ...changes,
  };
}

export interface SpokenSum {
  readonly soundBytes: number;
  readonly words: readonly string[];
  readonly endsMs: readonly number[];
}

/** Everything of one utterance. */
export async function sumOf(spoken: AsyncIterable<Spoken>): Promise<SpokenSum> {
  let soundBytes = 0;
  const words: string[] = [];
  const endsMs: number[] = [];
  for await (const piece of spoken) {
    if (piece.type === 'audio') soundBytes += piece.bytes.length;
    else {
      words.push(...piece.words.map(({ text }) => text));
      endsMs.push(...piece.words.map(({ endMs }) => endMs));
    }
  }
  return { soundBytes, words, endsMs };
}
