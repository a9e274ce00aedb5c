import { z } from 'zod';
import { token } from './envelope.js';
import { transferOutcomes, transferReasons } from './events/call.js';
import { machineVerdicts } from './events/dial.js';
import { transferStages } from './messages/runtime.js';

/** What dashboards see of a call while it is live; lossy, never stored. */
const about = { callId: token, at: z.iso.datetime() };

export const liveNews = z.discriminatedUnion('type', [
  z.strictObject({
    ...about,
    type: z.literal('call-state'),
    state: z.enum(['started', 'joined', 'reconnecting', 'rejoined', 'ended']),
    agent: token,
    direction: z.enum(['inbound', 'outbound']),
    kind: z.string(),
    reason: z.string().nullable(),
  }),
  z.strictObject({ ...about, type: z.literal('caller-partial'), text: z.string() }),
  z.strictObject({
    ...about,
    type: z.literal('turn'),
    who: z.enum(['caller', 'agent']),
    turn: z.int(),
    text: z.string(),
    interrupted: z.boolean(),
    /** Of an agent's turn: from the caller's last sound. */
    finalMs: z.int().nullable(),
    firstTokenMs: z.int().nullable(),
    firstByteMs: z.int().nullable(),
    firstFrameMs: z.int().nullable(),
  }),
  z.strictObject({ ...about, type: z.literal('agent-speaking'), turn: z.int() }),
  z.strictObject({ ...about, type: z.literal('tool'), tool: z.string(), outcome: z.string() }),
  /** How far somebody else has been reached for the caller, and what came of it. */
  z.strictObject({
    ...about,
    type: z.literal('transfer'),
    name: z.string(),
    kind: z.enum(['cold', 'warm']),
    stage: z.enum(transferStages),
    outcome: z.enum(transferOutcomes).nullable(),
    reason: z.enum(transferReasons).nullable(),
  }),
  /** What the carrier believes has answered. */
  z.strictObject({ ...about, type: z.literal('machine'), verdict: z.enum(machineVerdicts) }),
  z.strictObject({ ...about, type: z.literal('trouble'), stage: z.string(), code: z.string() }),
]);
export type LiveNews = z.output<typeof liveNews>;

/** How full a voice pod is, told each second; whoever is not heard of for three has gone. */
export const podLoad = z.strictObject({
  type: z.literal('pod-load'),
  pod: token,
  capacity: z.int().min(0),
  active: z.int().min(0),
  reserved: z.int().min(0),
  isTaking: z.boolean(),
  at: z.iso.datetime(),
});
export type PodLoad = z.output<typeof podLoad>;
