import { z } from 'zod';

/** The parts of an agent that only a call needs; each has a default, so that older versions parse. */

const spoken = z.string().trim().min(1).max(1000);
const phrases = z.array(spoken).max(10);
const provider = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a provider name');
const model = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/, 'a model name');
const voice = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'a voice id');
const language = z.string().regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}$/, 'a language like en');

const transferPhrase = 'One moment, please. I am calling a colleague for you.';
const pressOnePhrase = 'To take the call, press 1.';

/** Row O12. `cascaded`: hear, think and speak are three vendors; the others are one. */
export const conversationModes = ['cascaded', 'openai-realtime', 'gemini-live'] as const;
export const conversationMode = z.enum(conversationModes);
export type ConversationMode = (typeof conversationModes)[number];

export type SpeechMode = Exclude<ConversationMode, 'cascaded'>;
/** Models that hear and speak by themselves and whose price is known; the first is the usual one. */
export const speechModels: { readonly [Mode in SpeechMode]: readonly [string, ...string[]] } = {
  'openai-realtime': [
    'gpt-realtime',
    'gpt-realtime-mini',
    'gpt-realtime-1.5',
    'gpt-realtime-2',
    'gpt-realtime-2.1-mini',
  ],
  'gemini-live': [
    'gemini-live-2.5-flash',
    'gemini-live-2.5-flash-native-audio',
    'gemini-2.5-flash-native-audio-preview-12-2025',
  ],
};

export const callBehaviour = {
  /** `null`: whichever the operator runs (`VOICE_RUNTIME_DEFAULT_MODE`). */
  mode: conversationMode.nullable().default(null),
  /** Of a speech-to-speech mode; `null`: the vendor's usual ones. */
  realtime: z.strictObject({ model, voice }).nullable().default(null),
  /** Who takes over when the first choice fails, in this order. */
  fallbacks: z
    .strictObject({
      stt: z.array(z.strictObject({ provider, model })).max(3),
      llm: z.array(z.strictObject({ provider, model })).max(3),
      tts: z.array(z.strictObject({ provider, model, voice })).max(3),
    })
    .default({ stt: [], llm: [], tts: [] }),
  /** Further languages the agent may go on in, each with its voice. */
  languages: z.array(z.strictObject({ language, voice })).max(10).default([]),
  /** Names and words worth knowing beforehand. */
  keyterms: z.array(z.string().trim().min(1).max(60)).max(100).default([]),
  pronunciations: z
    .array(
      z.strictObject({
        word: z.string().trim().min(1).max(60),
        say: z.string().trim().min(1).max(120),
      }),
    )
    .max(200)
    .default([]),
  /** Spoken while a tool or a model takes long. */
  filler: z
    .strictObject({ afterMs: z.int().min(300).max(10_000), phrases })
    .default({ afterMs: 1500, phrases: ['One moment, please.', 'Let me check that.'] }),
  /** What is said when something goes wrong. */
  phrases: z
    .strictObject({
      askToRepeat: spoken,
      goodbye: spoken,
      trouble: spoken,
      /** Told to a caller whom nobody told yet that somebody else is being called. */
      transfer: spoken.default(transferPhrase),
      /** Ends what a colleague hears of a warm transfer; `1` takes the call. */
      pressOne: spoken.default(pressOnePhrase),
    })
    .default({
      askToRepeat: 'Sorry, could you say that again?',
      goodbye: 'Thank you for calling. Goodbye.',
      trouble: 'I am sorry, we have a technical problem. Please call again later. Goodbye.',
      transfer: transferPhrase,
      pressOne: pressOnePhrase,
    }),
  voicemail: z
    .strictObject({
      detect: z.boolean(),
      action: z.enum(['hang-up', 'leave-message', 'continue']),
      message: spoken.nullable(),
      /** Told to a machine that asks who is calling and why. */
      screening: spoken.nullable(),
    })
    .default({ detect: true, action: 'hang-up', message: null, screening: null }),
  background: z
    .strictObject({ sound: z.enum(['none', 'office', 'cafe']), volume: z.number().min(0).max(1) })
    .default({ sound: 'none', volume: 0.2 }),
  /** Where the transfer tool may send a call. */
  transfers: z
    .array(
      z.strictObject({
        name: z.string().trim().min(1).max(60),
        to: z.string().regex(/^\+[1-9][0-9]{6,14}$/, 'a number like +15551230001'),
        /**
         * `warm`: the colleague hears who is calling and why, and takes the call with the key 1;
         * `cold`: whoever or whatever answers gets the caller at once.
         */
        kind: z.enum(['cold', 'warm']),
      }),
    )
    .max(20)
    .default([]),
};
