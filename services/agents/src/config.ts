import {
  aiVendorSettings,
  carrierSettings,
  coldHalfSettings,
  fileSetting,
  integerSetting,
  mongoDatabaseSetting,
  mongoSettings,
  principalSettings,
  serviceSettings,
  toolHostSettings,
} from '@trunkline/platform';
import { z } from 'zod';

export const agentsSettings = z.strictObject({
  ...serviceSettings,
  ...principalSettings,
  ...mongoSettings,
  ...mongoDatabaseSetting('agents'),
  ...coldHalfSettings,
  KEK_FILE: fileSetting({ meaning: 'The master keys, base64, the newest in the first line.' }),
  AGENT_CACHE_TTL_MS: integerSetting({
    meaning: 'How long an agent is answered from memory.',
    min: 0,
    max: 3_600_000,
    default: 600_000,
  }),
  AGENT_CACHE_MAX_ENTRIES: integerSetting({
    meaning: 'How many agents are kept in memory.',
    min: 1,
    max: 1_000_000,
    default: 2000,
  }),
  KEY_CHECK_LIMIT_MS: integerSetting({
    meaning: 'How long a vendor may take to answer a key check.',
    min: 100,
    max: 10_000,
    default: 8000,
  }),
  ...aiVendorSettings,
  ...carrierSettings,
  ...toolHostSettings,
});
export type AgentsSettings = Readonly<z.output<typeof agentsSettings>>;
