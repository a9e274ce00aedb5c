import { z } from 'zod';

/** What we read of BidiGenerateContent's messages; the rest is let through. */

const transcription = z.looseObject({ text: z.string().nullish() }).nullish();
const part = z.looseObject({
  inlineData: z.looseObject({ mimeType: z.string().nullish(), data: z.string() }).nullish(),
});

const count = z.int().min(0).nullish();
const details = z
  .array(z.looseObject({ modality: z.string().nullish(), tokenCount: count }))
  .nullish();

export const serverMessage = z.looseObject({
  setupComplete: z.looseObject({}).nullish(),
  serverContent: z
    .looseObject({
      modelTurn: z.looseObject({ parts: z.array(part).nullish() }).nullish(),
      inputTranscription: transcription,
      outputTranscription: transcription,
      interrupted: z.boolean().nullish(),
      turnComplete: z.boolean().nullish(),
    })
    .nullish(),
  toolCall: z
    .looseObject({
      functionCalls: z
        .array(
          z.looseObject({
            id: z.string().min(1).max(256),
            name: z.string().min(1).max(128),
            args: z.record(z.string(), z.unknown()).nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
  goAway: z.looseObject({}).nullish(),
  usageMetadata: z
    .looseObject({
      promptTokenCount: count,
      responseTokenCount: count,
      cachedContentTokenCount: count,
      toolUsePromptTokenCount: count,
      thoughtsTokenCount: count,
      promptTokensDetails: details,
      cacheTokensDetails: details,
      responseTokensDetails: details,
    })
    .nullish(),
});
export type ServerMessage = z.output<typeof serverMessage>;
export type ServerContent = NonNullable<ServerMessage['serverContent']>;
