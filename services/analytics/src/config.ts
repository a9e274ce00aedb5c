import { principalSettings, serviceSettings } from '@trunkline/platform';
import { z } from 'zod';

export const analyticsSettings = z.strictObject({ ...serviceSettings, ...principalSettings });
