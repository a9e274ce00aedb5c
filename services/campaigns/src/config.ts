import {
  carrierSettings,
  coldHalfSettings,
  integerSetting,
  mongoDatabaseSetting,
  mongoSettings,
  principalSettings,
  reserveSettings,
  serviceKeySettings,
  serviceSettings,
  textSetting,
  urlSetting,
} from '@trunkline/platform';
import { z } from 'zod';

export const campaignsSettings = z.strictObject({
  ...serviceSettings,
  ...principalSettings,
  ...serviceKeySettings,
  ...mongoSettings,
  ...mongoDatabaseSetting('campaigns'),
  ...coldHalfSettings,
  ...carrierSettings,
  ...reserveSettings,
  PUBLIC_BASE_URL: urlSetting({
    meaning: 'Where carriers reach the gateway; their webhooks are signed over it.',
    protocols: ['http', 'https'],
  }),
  DIAL_LIMIT_MS: integerSetting({
    meaning:
      'How long a carrier may take to answer; after that nobody knows, and nobody dials again.',
    min: 100,
    max: 15_000,
    default: 10_000,
  }),
  RECONCILE_EVERY_MS: integerSetting({
    meaning: 'The pause between two looks at dials that stand still.',
    min: 50,
    max: 60_000,
    default: 2000,
  }),
  FAILPOINT: textSetting({
    meaning: 'Tests only: the type of event after whose append the process kills itself.',
    default: '',
    pattern: /^[a-z.-]{0,96}$/,
  }),
});
export type CampaignsSettings = Readonly<z.output<typeof campaignsSettings>>;
