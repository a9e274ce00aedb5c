import { z } from 'zod';
import { defineAggregate, type FactOf } from '../catalogue.js';
import { personal } from '../marks.js';

const lines = personal(
  z
    .array(
      z.strictObject({
        who: z.enum(['caller', 'agent', 'tool']),
        text: z.string().max(20_000),
        startedMs: z.int().min(0),
        endedMs: z.int().min(0),
        interrupted: z.boolean(),
      }),
    )
    .max(10_000),
  [],
);

export const analysisAggregate = defineAggregate({
  name: 'analysis',
  owner: 'analytics',
  events: {
    'analysis.transcript-ready': {
      schema: 1,
      says: 'What was said in the call, put together; it waits to be analysed.',
      data: z.strictObject({
        lines,
        /** The last version of the call that went into it. */
        callVersion: z.int().min(1),
        state: z.literal('awaiting-analysis'),
      }),
    },
    'analysis.erased': {
      schema: 1,
      says: 'The transcript is to be forgotten with its call.',
      terminal: true,
      erases: true,
      data: z.strictObject({}),
    },
  },
});
export type AnalysisFact = FactOf<typeof analysisAggregate>;
