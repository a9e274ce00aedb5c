import {
  archiverSettings,
  coldHalfSettings,
  integerSetting,
  mongoDatabaseSetting,
  mongoSettings,
  noted,
  principalSettings,
  serviceKeySettings,
  serviceSettings,
} from '@trunkline/platform';
import { z } from 'zod';

export const analyticsSettings = z.strictObject({
  ...serviceSettings,
  ...principalSettings,
  ...serviceKeySettings,
  ...mongoSettings,
  ...mongoDatabaseSetting('analytics'),
  ...coldHalfSettings,
  ...archiverSettings,
  S3_PUBLIC_ENDPOINT: noted(z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''), {
    description: 'Where browsers reach the object store; empty: as the service does.',
    type: 'URL',
    default: '',
  }),
  RECORDING_LINK_MINUTES: integerSetting({
    meaning: 'How long an address of a recording works.',
    min: 1,
    max: 1440,
    default: 15,
  }),
  ARCHIVE_EVERY_MINUTES: integerSetting({
    meaning: 'The pause between two passes of the archiver.',
    min: 1,
    max: 1440,
    default: 10,
  }),
});
export type AnalyticsSettings = Readonly<z.output<typeof analyticsSettings>>;
