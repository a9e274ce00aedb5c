import { aggregates, EventCatalogue } from '@trunkline/contracts';

/** Everything the log of this platform may contain. */
export const eventCatalogue = new EventCatalogue(aggregates);
