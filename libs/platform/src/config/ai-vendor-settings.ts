import type { AiProvider } from '@trunkline/contracts';
import { z } from 'zod';
import { Secret } from './secret.js';
import { noted, urlSetting } from './setting.js';

const baseUrl = (vendor: string, fallback: string) =>
  urlSetting({
    meaning: `Where ${vendor} is reached; the sandbox stands in for it locally.`,
    protocols: ['http', 'https'],
    default: fallback,
  });

const houseKey = (vendor: string) =>
  noted(
    z
      .string()
      .max(4096)
      .default('')
      .transform((text) => new Secret(text)),
    {
      description: `The operator's key with ${vendor}, for tenants without one of their own.`,
      type: 'secret',
      default: '',
    },
  );

type Named<Suffix extends string> = Readonly<Record<`${Uppercase<AiProvider>}_${Suffix}`, unknown>>;

/** Whoever asks the vendors of the catalogue: in calls, or whether a key is good. */
export const aiVendorSettings = {
  DEEPGRAM_BASE_URL: baseUrl('Deepgram', 'https://api.deepgram.com'),
  OPENAI_BASE_URL: baseUrl('OpenAI', 'https://api.openai.com'),
  CARTESIA_BASE_URL: baseUrl('Cartesia', 'https://api.cartesia.ai'),
} satisfies Named<'BASE_URL'>;

/** Only reached by a mode of the conversation; no agent names it as the vendor of a stage. */
export const liveVendorSettings = {
  GEMINI_BASE_URL: baseUrl('Gemini', 'https://generativelanguage.googleapis.com'),
};

export const houseKeySettings = {
  DEEPGRAM_API_KEY: houseKey('Deepgram'),
  OPENAI_API_KEY: houseKey('OpenAI'),
  CARTESIA_API_KEY: houseKey('Cartesia'),
  GEMINI_API_KEY: houseKey('Gemini'),
} satisfies Named<'API_KEY'> & Readonly<Record<'GEMINI_API_KEY', unknown>>;
