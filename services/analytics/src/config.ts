import {
  archiverSettings,
  coldHalfSettings,
  integerSetting,
  mongoSettings,
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
  ...coldHalfSettings,
  ...archiverSettings,
  ARCHIVE_EVERY_MINUTES: integerSetting({
    meaning: 'The pause between two passes of the archiver.',
    min: 1,
    max: 1440,
    default: 10,
  }),
});
export type AnalyticsSettings = Readonly<z.output<typeof analyticsSettings>>;
