import {
  PLATFORM_TENANT,
  baseLanguage,
  voiceCatalogue,
  voiceGenders,
  type AiProvider,
  type VoiceDefinition,
} from '@trunkline/contracts';
import type { Mongo, TenantCollection } from '@trunkline/platform';

/** The catalogue as a collection of its own, so that other readers of the database have it too. */
export interface VoiceDocument extends Omit<VoiceDefinition, 'id'> {
  readonly _id: string;
  readonly tenant: string;
  readonly base: string;
}

const NAME = 'voices';

function collection(mongo: Mongo): TenantCollection<VoiceDocument> {
  return mongo.tenantCollection<VoiceDocument>(NAME);
}

/** At every boot: what is in the code is what is on offer. */
export async function writeVoices(mongo: Mongo): Promise<void> {
  await mongo.ensureCollection(NAME, {
    indexes: [{ keys: { tenant: 1, base: 1, language: 1 } }],
    enums: { gender: voiceGenders },
  });
  for (const { id, ...voice } of voiceCatalogue) {
    const base = baseLanguage(voice.language);
    const doc = { _id: id, tenant: PLATFORM_TENANT, base, ...voice };
    await collection(mongo).replaceOne(PLATFORM_TENANT, { _id: id }, { doc, upsert: true });
  }
}

export interface VoiceSearch {
  /** `en` finds every English; `en-GB` only that. */
  readonly language?: string | undefined;
  readonly provider?: AiProvider | undefined;
}

export function listVoices(mongo: Mongo, search: VoiceSearch): Promise<VoiceDocument[]> {
  const { language, provider } = search;
  const isBase = language !== undefined && baseLanguage(language) === language;
  const filter = {
    ...(language !== undefined && (isBase ? { base: language } : { language })),
    ...(provider !== undefined && { provider }),
  };
  return collection(mongo).find(PLATFORM_TENANT, filter, { sort: { language: 1, _id: 1 } });
}
