import {
  principalSettings,
  serviceKeySettings,
  serviceSettings,
  voiceRuntimeSettings,
} from '@trunkline/platform';
import { z } from 'zod';

export const voiceSettings = z.strictObject({
  ...serviceSettings,
  ...principalSettings,
  ...serviceKeySettings,
  ...voiceRuntimeSettings,
});
