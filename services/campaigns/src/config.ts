import { principalSettings, serviceKeySettings, serviceSettings } from '@trunkline/platform';
import { z } from 'zod';

export const campaignsSettings = z.strictObject({
  ...serviceSettings,
  ...principalSettings,
  ...serviceKeySettings,
});
