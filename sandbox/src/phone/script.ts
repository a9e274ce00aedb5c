import { z } from 'zod';

const ms = z.int().min(0).max(600_000);

/** Text spoken by the sandbox's own voice, or a WAV in base64 that is those words. */
const say = z.strictObject({
  say: z.string().min(1).max(2_000),
  wav: z.base64().max(4_000_000).optional(),
});

const waitForAgent = z.strictObject({
  /** The agent is done when it was silent for so long. */
  quietMs: ms.default(700),
  timeoutMs: ms.default(15_000),
});

export const callerStep = z.union([
  say,
  z.strictObject({ waitForAgent }),
  /** Speaks once the agent has been speaking for `afterMs`. */
  z.strictObject({ interrupt: say.extend({ afterMs: ms, timeoutMs: ms.default(15_000) }) }),
  z.strictObject({ silence: ms }),
  z.strictObject({ dtmf: z.string().regex(/^[0-9*#A-D]{1,32}$/) }),
  /** What an answering machine does before it records. */
  z.strictObject({ beep: ms }),
  z.strictObject({ hangUp: z.literal(true) }),
]);
export type CallerStep = z.output<typeof callerStep>;

const pattern = z.string().min(1).max(500);

/** What must be true of the call's log when it is over. */
export const expectations = z.strictObject({
  /** Regular expressions, each of which some sentence of the agent matches. */
  said: z.array(pattern).max(50).default([]),
  notSaid: z.array(pattern).max(50).default([]),
  toolsCalled: z.array(z.string().min(1).max(128)).max(50).default([]),
  endedBy: z.string().min(1).max(64).optional(),
});
export type Expectations = z.output<typeof expectations>;

export const callerScript = z.strictObject({
  steps: z.array(callerStep).max(200),
  expect: expectations.optional(),
  /** A caller whose steps are done waits for the agent to end the call, but not longer. */
  maxMs: z.int().min(100).max(3_600_000).default(300_000),
  record: z.boolean().default(false),
});
export type CallerScript = z.output<typeof callerScript>;

/** A person who picks up, listens and leaves. */
export const politeCallee: CallerScript = callerScript.parse({
  steps: [
    { say: 'Hello?' },
    { waitForAgent: {} },
    { say: 'Thank you, goodbye.' },
    { waitForAgent: { timeoutMs: 5_000 } },
    { hangUp: true },
  ],
});
