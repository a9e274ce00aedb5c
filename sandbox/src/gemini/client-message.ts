import { z } from 'zod';

const parts = z.array(z.looseObject({ text: z.string().optional() }));
const content = z.looseObject({ role: z.string().optional(), parts: parts.optional() });
const blob = z.looseObject({ data: z.string(), mimeType: z.string() });
const sent = z.looseObject({}).nullish();

const setup = z.looseObject({
  model: z.string().min(1),
  generationConfig: z
    .looseObject({ responseModalities: z.array(z.string()).optional() })
    .optional(),
  systemInstruction: z.union([z.string(), content]).optional(),
  tools: z
    .array(
      z.looseObject({
        functionDeclarations: z.array(z.looseObject({ name: z.string() })).optional(),
      }),
    )
    .optional(),
  realtimeInputConfig: z
    .looseObject({
      automaticActivityDetection: z
        .looseObject({
          disabled: z.boolean().optional(),
          silenceDurationMs: z.int().min(0).max(60_000).optional(),
        })
        .optional(),
      activityHandling: z.string().optional(),
    })
    .optional(),
  inputAudioTranscription: sent,
  outputAudioTranscription: sent,
  sessionResumption: z.looseObject({ handle: z.string().optional() }).nullish(),
});
export type Setup = z.output<typeof setup>;

const realtimeInput = z.looseObject({
  audio: blob.optional(),
  mediaChunks: z.array(blob).optional(),
  audioStreamEnd: z.boolean().optional(),
  text: z.string().optional(),
  activityStart: sent,
  activityEnd: sent,
});
export type RealtimeInput = z.output<typeof realtimeInput>;

const functionResponse = z.looseObject({
  id: z.string().min(1),
  name: z.string().optional(),
  response: z.record(z.string(), z.unknown()).optional(),
});
export type FunctionResponse = z.output<typeof functionResponse>;

/** Exactly one of them is set. */
export const clientMessage = z.union([
  z.strictObject({ setup }),
  z.strictObject({
    clientContent: z.looseObject({
      turns: z.array(content).optional(),
      turnComplete: z.boolean().optional(),
    }),
  }),
  z.strictObject({ realtimeInput }),
  z.strictObject({
    toolResponse: z.looseObject({ functionResponses: z.array(functionResponse).min(1) }),
  }),
]);

export function textIn(of: Setup['systemInstruction']): string {
  if (of === undefined || typeof of === 'string') return of ?? '';
  return (of.parts ?? []).map(({ text }) => text ?? '').join('');
}
