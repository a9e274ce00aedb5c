import type { AggregateDefinition } from '../catalogue.js';

export const aggregates: readonly AggregateDefinition[] = [];
