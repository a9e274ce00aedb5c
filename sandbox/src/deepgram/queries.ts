import { z } from 'zod';
import { canHear } from '../speech/hearing.js';

const encoding = z.enum(['linear16', 'mulaw', 'alaw']);
const rateHz = z.coerce.number().refine(canHear, { error: 'not a sample rate the sandbox hears' });
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const msOrFalse = z.union([
  z.literal('false').transform(() => Infinity),
  z.coerce.number().int().min(0).max(10_000),
]);

export const v1Query = z.object({
  model: z.string().min(1).default('base'),
  encoding,
  sample_rate: rateHz,
  channels: z.coerce.number().int().min(1).max(1).default(1),
  interim_results: flag.default(false),
  /** `false`: only as `utterance_end_ms` and Finalize have it. */
  endpointing: msOrFalse.default(10),
  vad_events: flag.default(false),
  smart_format: flag.default(false),
  punctuate: flag.default(false),
  utterance_end_ms: z.coerce.number().int().min(1000).max(5000).optional(),
});
export type V1Query = z.output<typeof v1Query>;

const eotThreshold = z.coerce.number().min(0.5).max(1);
const eagerEotThreshold = z.coerce.number().min(0.3).max(0.9);
const eotTimeoutMs = z.coerce.number().int().min(500).max(60_000);

export const v2Query = z.object({
  model: z.enum(['flux-general-en', 'flux-general-multi']),
  encoding,
  sample_rate: rateHz,
  eot_threshold: eotThreshold.default(0.7),
  /** Left out: no eager ends. */
  eager_eot_threshold: eagerEotThreshold.optional(),
  eot_timeout_ms: eotTimeoutMs.default(5000),
  keyterms: z.array(z.string()).default([]),
  language_hints: z.array(z.string()).default([]),
});
export type V2Query = z.output<typeof v2Query>;

export const configure = z.object({
  type: z.literal('Configure'),
  thresholds: z
    .object({
      eot_threshold: eotThreshold.optional(),
      eager_eot_threshold: eagerEotThreshold.optional(),
      eot_timeout_ms: eotTimeoutMs.optional(),
    })
    .default({}),
  keyterms: z
    .union([z.string().transform((term) => [term]), z.array(z.string()).max(100)])
    .optional(),
  language_hints: z.array(z.string()).max(10).optional(),
});
export type Configure = z.output<typeof configure>;

/** Of a parameter given several times: the last, but for those that are lists. */
export function parametersOf(query: URLSearchParams): Record<string, unknown> {
  return {
    ...Object.fromEntries(query),
    keyterms: query.getAll('keyterm'),
    language_hints: query.getAll('language_hint'),
  };
}
