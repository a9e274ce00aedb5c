import { z } from 'zod';
import { conversationMode, conversationModes } from '../call-behaviour.js';
import { token } from '../envelope.js';
import { callVariables } from '../events/call.js';
import { phoneNumber } from '../events/route.js';
import { endReasons, endSides } from '../end-reasons.js';
import { page, timestamp } from './fields.js';

export const createCallBody = z.strictObject({
  to: phoneNumber,
  /** One of the numbers bound to the agent, outbound. */
  from: phoneNumber,
  agent: token,
  /** Needed only where two accounts have the number. */
  carrierAccount: token.optional(),
  version: z.int().min(1).optional(),
  mode: z.enum(conversationModes).optional(),
  variables: callVariables.default({}),
  ringSeconds: z.int().min(5).max(120).default(30),
  machineDetection: z.enum(['off', 'detect', 'greeting-end']).default('off'),
});

/** Row S3: the same under the names of the system we replace. */
export const callStates = [
  'opened',
  'requested',
  'dialling',
  'ringing',
  'answered',
  'live',
  'reconnecting',
  'ended',
  'not-reached',
  'unknown',
] as const;
export const callState = z.enum(callStates);

export const callCreated = z.strictObject({
  id: token,
  status: callState,
  createdAt: timestamp,
});

const nullableText = z.string().nullable();

export const callSummary = z.strictObject({
  id: token,
  kind: z.enum(['phone', 'browser', 'practice', 'test']),
  direction: z.enum(['inbound', 'outbound']),
  status: callState,
  agent: token,
  version: z.int().nullable(),
  mode: z.enum(conversationModes).nullable(),
  from: nullableText,
  to: nullableText,
  campaign: nullableText,
  endReason: z.enum(endReasons).nullable(),
  endSide: z.enum(endSides).nullable(),
  createdAt: timestamp,
  startedAt: timestamp.nullable(),
  endedAt: timestamp.nullable(),
  durationMs: z.int().nullable(),
  escalated: z.boolean(),
  costMicros: z.int(),
});

export const transcriptLine = z.strictObject({
  who: z.enum(['caller', 'agent', 'tool']),
  text: z.string(),
  startedMs: z.int(),
  endedMs: z.int(),
  interrupted: z.boolean(),
});

export const turnFigures = z.strictObject({
  turn: z.int(),
  finalMs: z.int().nullable(),
  firstTokenMs: z.int().nullable(),
  firstByteMs: z.int().nullable(),
  firstFrameMs: z.int().nullable(),
  interrupted: z.boolean(),
});

export const callAnswer = callSummary.extend({
  disposition: nullableText,
  transcript: z.array(transcriptLine),
  turns: z.array(turnFigures),
  recording: z
    .strictObject({
      status: z.enum(['none', 'pending', 'stored', 'truncated', 'failed']),
      durationMs: z.int().nullable(),
      sizeBytes: z.int().nullable(),
      sha256: nullableText,
    })
    .nullable(),
  analysis: z.enum(['none', 'awaiting-analysis']),
});

export const callsQuery = page.extend({
  agent: token.optional(),
  campaign: token.optional(),
  status: callState.optional(),
  since: timestamp.optional(),
  until: timestamp.optional(),
});

export const callsAnswer = z.strictObject({
  calls: z.array(callSummary),
  nextCursor: z.string().nullable(),
});

/** Row E19, its own field names. */
export const callLogAnswer = z.strictObject({
  call_id: token,
  download_url: nullableText,
  transcript: z.string(),
  duration: z.number().nullable(),
});

export const recordingAnswer = z.strictObject({
  status: z.enum(['none', 'pending', 'stored', 'truncated', 'failed']),
  mono: nullableText,
  stereo: nullableText,
  peaks: nullableText,
  expiresAt: timestamp.nullable(),
});

/** Row O21: the trace of a call, under our names and those of the systems we replace. */
export const callEventsAnswer = z.strictObject({
  events: z.array(
    z.strictObject({
      v: z.int(),
      type: z.string(),
      name: nullableText,
      at: timestamp,
      data: z.record(z.string(), z.json()),
    }),
  ),
});

export const openSessionBody = z.strictObject({
  agent: token,
  version: z.int().min(1).optional(),
  /** `test` always runs cascaded (row O13). */
  kind: z.enum(['browser', 'practice', 'test']).default('browser'),
  mode: conversationMode.optional(),
  conversation: token.optional(),
  variables: callVariables.default({}),
});

/** Row O2, its own field names. */
export const runtimeSessionBody = z.strictObject({
  agent_id: token,
  conversation_id: token.optional(),
  test_mode: z.boolean().default(false),
});

export const sessionAnswer = z.strictObject({
  id: token,
  /** Sent as the second subprotocol, never in the address. */
  token: z.string(),
  url: z.string(),
  subprotocol: z.literal('trunkline.v1'),
  /** Of the pod that keeps the place: `/readyz` below it says whether it is in reach. */
  baseUrl: nullableText,
  expiresAt: timestamp,
});
export const runtimeSessionAnswer = z.strictObject({
  session_id: token,
  token: z.string(),
  ws_url: z.string(),
  base_url: nullableText,
  expires_in: z.int(),
});
