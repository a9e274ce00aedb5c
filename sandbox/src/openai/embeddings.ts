import { z } from 'zod';
import { tokenCount } from '../model/tokens.js';

const DEFAULT_DIMENSIONS: Readonly<Record<string, number>> = { 'text-embedding-3-large': 3072 };

export const embeddingsRequest = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048)]),
  dimensions: z.int().min(1).max(3072).optional(),
  encoding_format: z.enum(['float', 'base64']).default('float'),
});

export function embeddingsAnswer(request: z.output<typeof embeddingsRequest>): object {
  const texts = [request.input].flat();
  const dimensions = request.dimensions ?? DEFAULT_DIMENSIONS[request.model] ?? 1536;
  const data = texts.map((text, index) => {
    const vector = vectorOf(text, dimensions);
    const embedding =
      request.encoding_format === 'base64'
        ? Buffer.from(vector.buffer).toString('base64')
        : [...vector];
    return { object: 'embedding', index, embedding };
  });
  const tokens = texts.reduce((sum, text) => sum + tokenCount(text), 0);
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return { object: 'list', data, model: request.model, usage };
}

/** Words, and their parts by threes, each hashed to a place: texts that share them are near. */
export function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{M}\p{Nd}]+/gu) ?? []) {
    add(vector, word, 1);
    const padded = `<${word}>`;
    for (let at = 0; at + 3 <= padded.length; at += 1) {
      add(vector, padded.slice(at, at + 3), 0.3);
    }
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector.fill(1 / Math.sqrt(dimensions)) : vector.map((x) => x / length);
}

function add(vector: Float32Array, feature: string, weight: number): void {
  const hash = fnv1a(feature);
  const sign = hash % 2 === 0 ? 1 : -1;
  const place = (hash >>> 1) % vector.length;
  vector[place] = (vector[place] ?? 0) + sign * weight;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
