import { callRoutes, dialRoutes, sessionRoutes } from '../http/call-routes.js';
import { proxyRequests } from './proxied.js';

export const dialRequests = proxyRequests('campaigns', dialRoutes);
export const sessionRequests = proxyRequests('voice', sessionRoutes);
export const callRequests = proxyRequests('analytics', callRoutes);
