import { authRoutes } from './auth-routes.js';
import { keyRoutes } from './key-routes.js';
import { memberRoutes } from './member-routes.js';
import { tenantRoutes } from './tenant-routes.js';

/** Everything the gateway answers itself. */
export const identityRoutes = {
  ...authRoutes,
  ...tenantRoutes,
  ...memberRoutes,
  ...keyRoutes,
} as const;
