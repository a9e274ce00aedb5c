import { z } from 'zod';

export const encodings = ['pcm_f32le', 'pcm_s16le', 'pcm_mulaw', 'pcm_alaw'] as const;
const rates = [8000, 16_000, 22_050, 24_000, 44_100, 48_000] as const;
const sampleRate = z.union(rates.map((rate) => z.literal(rate)));

const rawFormat = z.looseObject({
  container: z.literal('raw'),
  encoding: z.enum(encodings),
  sample_rate: sampleRate,
});
export type RawFormat = z.output<typeof rawFormat>;

const voice = z.union([
  z.string().min(1),
  z.looseObject({ mode: z.literal('id').optional(), id: z.string().min(1) }),
]);

const spoken = {
  model_id: z.string().min(1),
  voice,
  transcript: z.string(),
  language: z.string().nullish(),
};

export const generation = z.looseObject({
  ...spoken,
  output_format: rawFormat,
  context_id: z.string().min(1).max(200).optional(),
  continue: z.boolean().nullish(),
  flush: z.boolean().nullish(),
  max_buffer_delay_ms: z.int().min(0).max(5000).nullish(),
  add_timestamps: z.boolean().nullish(),
});
export type Generation = z.output<typeof generation>;

export const cancellation = z.looseObject({
  cancel: z.literal(true),
  context_id: z.string().min(1),
});

export const bytesRequest = z.looseObject({
  ...spoken,
  output_format: z.union([
    rawFormat,
    z.looseObject({
      container: z.literal('wav'),
      encoding: z.enum(encodings).default('pcm_s16le'),
      sample_rate: sampleRate,
    }),
  ]),
});
export type BytesRequest = z.output<typeof bytesRequest>;
