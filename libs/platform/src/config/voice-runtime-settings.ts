import { z } from 'zod';
import { Secret } from './secret.js';
import { choiceSetting, noted, urlSetting } from './setting.js';

const secretText = z
  .string()
  .refine((text) => text === '' || text.length >= 32, 'must have at least 32 characters')
  .default('')
  .transform((text) => new Secret(text));

/** Row O23: how browsers and other services reach the voice runtime, under the published names. */
export const voiceRuntimeSettings = {
  VOICE_RUNTIME_WS_BASE_URL: urlSetting({
    meaning: 'Where callers open audio sockets.',
    protocols: ['ws', 'wss'],
    default: 'ws://127.0.0.1:8082',
  }),
  VOICE_RUNTIME_BASE_URL: urlSetting({
    meaning: 'Where the voice runtime answers HTTP; browser sessions are told.',
    protocols: ['http', 'https'],
    default: 'http://127.0.0.1:8082',
  }),
  VOICE_RUNTIME_SIGNING_SECRET: noted(secretText, {
    description: 'Signs the tokens of browser sessions; empty: no browser sessions.',
    type: 'secret',
    default: '',
  }),
  VOICE_RUNTIME_DEFAULT_MODE: choiceSetting(['pipeline', 'realtime'], {
    meaning:
      'How a call or session runs when neither it nor its agent says: three stages, or speech to speech.',
    default: 'pipeline',
  }),
};
