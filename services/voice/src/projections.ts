import type { ProjectedDocument, Projection, ViewEnums } from '@trunkline/platform';
import { openCalls } from './views/open-calls.js';

/** Every read model of the service, for the projector, `rebuild` and `verify`. */
export const projections: readonly Projection<ProjectedDocument>[] = [openCalls];

export const viewEnums: ViewEnums = {};
