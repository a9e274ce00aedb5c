/** What is installed: which vendors, which of their models, and what each can do. */

export const aiProviders = ['deepgram', 'openai', 'cartesia'] as const;
export type AiProvider = (typeof aiProviders)[number];
export const carriers = ['twilio', 'telnyx', 'plivo', 'vobiz'] as const;
export type Carrier = (typeof carriers)[number];

export type StageKind = 'llm' | 'stt' | 'tts';

export interface ModelDefinition {
  readonly id: string;
  /** Base languages, or `any`. */
  readonly languages: readonly string[] | 'any';
  readonly maxOutputTokens?: number;
  /** Says itself when a turn is over. */
  readonly endsTurns?: true;
}

export interface ProviderDefinition {
  readonly name: AiProvider;
  readonly title: string;
  readonly stages: Readonly<Partial<Record<StageKind, readonly ModelDefinition[]>>>;
}

const novaLanguages = ['en', 'es', 'fr', 'de', 'hi', 'ru', 'pt', 'ja', 'it', 'nl', 'multi'];
const fluxLanguages = [...novaLanguages];
const sonicLanguages = [
  'en',
  'fr',
  'de',
  'es',
  'pt',
  'zh',
  'ja',
  'hi',
  'it',
  'ko',
  'nl',
  'pl',
  'ru',
];

const definitions: Readonly<Record<AiProvider, Omit<ProviderDefinition, 'name'>>> = {
  deepgram: {
    title: 'Deepgram',
    stages: {
      stt: [
        { id: 'flux-general-en', languages: ['en'], endsTurns: true },
        { id: 'flux-general-multi', languages: fluxLanguages, endsTurns: true },
        { id: 'nova-3', languages: novaLanguages },
      ],
    },
  },
  openai: {
    title: 'OpenAI',
    stages: {
      llm: [
        { id: 'gpt-4o-mini', languages: 'any', maxOutputTokens: 4096 },
        { id: 'gpt-4o', languages: 'any', maxOutputTokens: 4096 },
        { id: 'gpt-4.1-mini', languages: 'any', maxOutputTokens: 4096 },
        { id: 'gpt-4.1', languages: 'any', maxOutputTokens: 4096 },
        { id: 'gpt-4', languages: 'any', maxOutputTokens: 4096 },
      ],
    },
  },
  cartesia: {
    title: 'Cartesia',
    stages: {
      tts: [
        { id: 'sonic-3', languages: sonicLanguages },
        { id: 'sonic-2', languages: sonicLanguages },
      ],
    },
  },
};

export const providerCatalogue: readonly ProviderDefinition[] = aiProviders.map((name) => ({
  name,
  ...definitions[name],
}));

export function modelsOf(
  kind: StageKind,
  provider: string,
): readonly ModelDefinition[] | undefined {
  return providerCatalogue.find((one) => one.name === provider)?.stages[kind];
}

/** The first model is the one taken when an author names only the provider. */
export function defaultModel(
  kind: StageKind,
  provider: string,
  language: string,
): string | undefined {
  const models = modelsOf(kind, provider);
  return (models?.find((model) => speaks(model, language)) ?? models?.[0])?.id;
}

export function speaks(model: Pick<ModelDefinition, 'languages'>, language: string): boolean {
  return model.languages === 'any' || model.languages.includes(baseLanguage(language));
}

export function baseLanguage(tag: string): string {
  return tag.split('-')[0] ?? tag;
}

export interface SecretShape {
  /** Names of what is kept encrypted. */
  readonly secrets: readonly string[];
  /** Whether an account id belongs to the credential; of Telnyx it is the connection's. */
  readonly hasAccountId: boolean;
  /** Checks the carrier's webhook signatures; not secret. */
  readonly hasPublicKey?: true;
}

export const carrierCatalogue: Readonly<Record<Carrier, SecretShape>> = {
  twilio: { secrets: ['authToken'], hasAccountId: true },
  telnyx: { secrets: ['apiKey'], hasAccountId: true, hasPublicKey: true },
  plivo: { secrets: ['authToken'], hasAccountId: true },
  vobiz: { secrets: ['authToken'], hasAccountId: true },
};
