export const voiceGenders = ['female', 'male', 'neutral'] as const;

/** A voice on offer. `id` is ours and stable; `vendorId` is what the provider is told. */
export interface VoiceDefinition {
  readonly id: string;
  readonly provider: 'cartesia';
  readonly vendorId: string;
  readonly name: string;
  readonly language: string;
  readonly gender: (typeof voiceGenders)[number];
  readonly description: string;
}

type Row = readonly [
  id: string,
  vendorId: string,
  name: string,
  language: string,
  gender: VoiceDefinition['gender'],
  description: string,
];

const cartesiaRows: readonly Row[] = [
  [
    'cartesia-katie-en',
    'f786b574-daa5-4673-aa0c-cbe3e8534c02',
    'Katie',
    'en-US',
    'female',
    'Clear and steady, made for agents',
  ],
  [
    'cartesia-reader-en',
    '15a9cd88-84b0-4a8b-95f2-5d583b54c72e',
    'Reader',
    'en-US',
    'female',
    'Calm, for longer answers',
  ],
  [
    'cartesia-newsman-en',
    'd46abd1d-2d02-43e8-819f-51fb652c1c61',
    'Newsman',
    'en-US',
    'male',
    'Even and matter-of-fact',
  ],
  [
    'cartesia-british-en',
    '71a7ad14-091c-4e8e-a314-022ece01c121',
    'British reader',
    'en-GB',
    'female',
    'Southern English, measured',
  ],
  [
    'cartesia-indian-en',
    '3b554273-4299-48b9-9aaf-eefd438e3941',
    'Indian lady',
    'en-IN',
    'female',
    'Indian English, friendly',
  ],
  [
    'cartesia-conversation-de',
    '3f4ade23-6eb4-4279-ab05-6a144947c4d5',
    'Gesprächspartnerin',
    'de-DE',
    'female',
    'Conversational German',
  ],
  [
    'cartesia-reporter-de',
    '119e03e4-0705-43c9-b3ac-a658ce2b6639',
    'Reporterin',
    'de-DE',
    'female',
    'Crisp, for announcements',
  ],
  [
    'cartesia-conversation-fr',
    'a249eaff-1e96-4d2c-b23b-12efa4f66f41',
    'Conversation',
    'fr-FR',
    'female',
    'Conversational French',
  ],
  [
    'cartesia-narrator-fr',
    '8832a0b5-47b2-4751-bb22-6a8e2149303d',
    'Narratrice',
    'fr-FR',
    'female',
    'Slower, for explanations',
  ],
  [
    'cartesia-conversation-ja',
    '2b568345-1d48-4047-b25f-7baccf842eb0',
    'Kaiwa',
    'ja-JP',
    'female',
    'Conversational Japanese',
  ],
  [
    'cartesia-conversation-m-ja',
    'e8a863c6-22c7-4671-86ca-91cacffc038d',
    'Kaiwa (male)',
    'ja-JP',
    'male',
    'Conversational Japanese',
  ],
];

export const voiceCatalogue: readonly VoiceDefinition[] = cartesiaRows.map(
  ([id, vendorId, name, language, gender, description]) => ({
    id,
    provider: 'cartesia',
    vendorId,
    name,
    language,
    gender,
    description,
  }),
);

export function voiceById(id: string): VoiceDefinition | undefined {
  return voiceCatalogue.find((voice) => voice.id === id);
}
