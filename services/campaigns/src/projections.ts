import { carriers } from '@trunkline/contracts';
import type { ProjectedDocument, Projection, ViewEnums } from '@trunkline/platform';
import { dialStatuses } from './domain/dial-status.js';
import { dials } from './views/dials.js';

/** Every read model of the service, for the projector, `rebuild` and `verify`. */
export const projections: readonly Projection<ProjectedDocument>[] = [dials];

export const viewEnums: ViewEnums = {
  dials: { status: dialStatuses, carrier: carriers },
};
