import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { maxToolVersions, toolDefinition } from '../tool-definition.js';

export const toolAggregate = defineAggregate({
  name: 'tool',
  owner: 'agents',
  events: {
    'tool.created': {
      schema: 1,
      says: 'A tool exists; its definition is version 1.',
      data: z.strictObject({ definition: toolDefinition }),
    },
    'tool.version-added': {
      schema: 1,
      says: 'A new definition; agents go on with the version they pinned.',
      data: z.strictObject({
        version: z.int().min(2).max(maxToolVersions),
        definition: toolDefinition,
      }),
    },
    'tool.archived': {
      schema: 1,
      says: 'The tool cannot be pinned any more; agents that pinned it keep it.',
      data: z.strictObject({}),
    },
  },
});
export type ToolFact = FactOf<typeof toolAggregate>;
