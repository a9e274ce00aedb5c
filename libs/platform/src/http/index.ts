export { bindDocs } from './bind-docs.js';
export { bindRoutes, type EdgeOptions } from './bind-routes.js';
export { callerNetwork } from './caller-network.js';
export { canonicalJson, fingerprint } from './idempotency.js';
export { parseJsonBody } from './json-body.js';
export { problemHeaders, toProblem, type Problem } from './problem.js';
export * from './route-handlers.js';
export type { EdgeRateLimits } from './run-route.js';
export { edgeServerOptions, type ServerLimits } from './server-options.js';
