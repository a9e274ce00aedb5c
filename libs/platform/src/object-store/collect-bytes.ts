import type { Readable } from 'node:stream';
import { withDeadline } from '@trunkline/kernel';

export interface CollectLimits {
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Reads a stream to its end; the stream is destroyed when the limit or the signal comes first. */
export async function collectBytes(source: Readable, limits: CollectLimits): Promise<Uint8Array> {
  const options = { code: 'store.unavailable', ...limits };
  try {
    return await withDeadline(options, async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of source) chunks.push(chunk as Uint8Array);
      return new Uint8Array(Buffer.concat(chunks));
    });
  } finally {
    source.destroy();
  }
}
