import { agentsRoutes } from '../http/agents.js';
import { proxyRequests } from './proxied.js';

const KEY_CHECK_MS = 12_000;

/** A key check waits for a vendor, up to 8 s. */
export const agentsRequests = proxyRequests('agents', agentsRoutes, (id) =>
  id.startsWith('test') ? KEY_CHECK_MS : 5000,
);
