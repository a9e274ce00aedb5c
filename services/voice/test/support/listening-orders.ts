import { agentDefaults } from '@trunkline/contracts';
import { phoneFormat, type Heard, type ListeningOrder } from '../../src/app/ports/index.js';

export function listeningOrder(changes: Partial<ListeningOrder> = {}): ListeningOrder {
  return {
    access: { provider: 'deepgram', baseUrl: 'http://127.0.0.1:9', apiKey: 'k', owner: 'acme' },
    model: 'flux-general-en',
    language: 'en',
    format: phoneFormat,
    endpointing: agentDefaults.endpointing,
    keyterms: [],
    callId: 'call-1',
    ...changes,
  };
}

/** One 20 ms frame of the phone's format with a byte that tells it from others. */
export function frame(mark: number, bytes = 160): Uint8Array {
  return new Uint8Array(bytes).fill(mark);
}

/** Reads until the source ends or one item answers the question. */
export async function readUntil<T>(
  source: AsyncIterable<T>,
  isLast: (item: T) => boolean = () => false,
): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) {
    items.push(item);
    if (isLast(item)) break;
  }
  return items;
}

export const isFinal = (heard: Heard): boolean =>
  heard.type === 'turn-ended' || (heard.type === 'segment' && heard.speechFinal);
