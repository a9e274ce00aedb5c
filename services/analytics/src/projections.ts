import { callStates } from '@trunkline/contracts';
import type { ProjectedDocument, Projection, ViewEnums } from '@trunkline/platform';
import { callLogs } from './views/call-log.js';

/** Every read model of the service, for the projector, `rebuild` and `verify`. */
export const projections: readonly Projection<ProjectedDocument>[] = [callLogs];

export const viewEnums: ViewEnums = {
  'call-logs': { status: callStates },
};
