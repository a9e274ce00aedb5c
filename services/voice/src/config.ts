import {
  aiVendorSettings,
  coldHalfSettings,
  fileSetting,
  houseKeySettings,
  integerSetting,
  liveVendorSettings,
  mongoDatabaseSetting,
  mongoSettings,
  noted,
  principalSettings,
  Secret,
  serviceKeySettings,
  serviceSettings,
  textSetting,
  toolHostSettings,
  voiceRuntimeSettings,
} from '@trunkline/platform';
import { z } from 'zod';

const previousSecret = z
  .string()
  .refine((text) => text === '' || text.length >= 32, 'must have at least 32 characters')
  .default('')
  .transform((text) => new Secret(text));

/** Of the way in: places, tokens, sockets, the end. */
export const doorSettings = {
  ...voiceRuntimeSettings,
  VOICE_POD: textSetting({
    meaning: 'The name of this pod between services; empty: a new one at each start.',
    pattern: /^[A-Za-z0-9_-]{0,64}$/,
    default: '',
  }),
  VOICE_MAX_CALLS: integerSetting({
    meaning: 'Calls this pod has room for, those that are only reserved included.',
    min: 1,
    max: 10_000,
    default: 100,
  }),
  VOICE_MAX_WAITING_PER_IP: integerSetting({
    meaning: 'Audio sockets from one address that have not said which call they are of.',
    min: 1,
    max: 10_000,
    default: 256,
  }),
  VOICE_DRAIN_BUDGET_MS: integerSetting({
    meaning: 'How long a stopping pod lets its calls go on; SHUTDOWN_BUDGET_MS may be shorter.',
    min: 0,
    max: 3_600_000,
    default: 3_600_000,
  }),
  VOICE_RUNTIME_SIGNING_SECRET_PREVIOUS: noted(previousSecret, {
    description: 'The signing secret before this one, believed while a rotation lasts.',
    type: 'secret',
    default: '',
  }),
};

/** Of what must outlive the process: facts the log has not taken, sound the store has not. */
export const keepingSettings = {
  VOICE_JOURNAL_DIR: fileSetting({
    meaning: 'Where facts wait while the log is away; on a volume that outlives the container.',
    default: '.data/voice/journal',
  }),
  VOICE_SPOOL_DIR: fileSetting({
    meaning: 'Where sound waits for the object store; on a volume that outlives the container.',
    default: '.data/voice/spool',
  }),
};

export const voiceSettings = z.strictObject({
  ...toolHostSettings,
  ...serviceSettings,
  ...principalSettings,
  ...serviceKeySettings,
  ...mongoSettings,
  ...mongoDatabaseSetting('voice'),
  ...coldHalfSettings,
  ...aiVendorSettings,
  ...liveVendorSettings,
  ...houseKeySettings,
  ...doorSettings,
  ...keepingSettings,
});
export type VoiceSettings = z.output<typeof voiceSettings>;
