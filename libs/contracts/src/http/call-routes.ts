import { z } from 'zod';
import { people, peopleAndKeys } from './access.js';
import {
  callAnswer,
  callCreated,
  callEventsAnswer,
  callLogAnswer,
  callsAnswer,
  callsQuery,
  createCallBody,
  openSessionBody,
  recordingAnswer,
  runtimeSessionAnswer,
  runtimeSessionBody,
  sessionAnswer,
} from './call-bodies.js';
import { defineRoute } from './define-route.js';
import { idParam, nothing } from './fields.js';

const tag = 'calls';
const callId = idParam('callId');
const readers = peopleAndKeys('viewer', 'calls:read', ['runtime']);
const callers = peopleAndKeys('member', 'calls:create', ['runtime']);
const speakers = peopleAndKeys('member', 'sessions:create', ['runtime']);

/** Answered by campaigns, which dials. */
export const dialRoutes = {
  createCall: defineRoute({
    method: 'POST',
    path: '/v1/calls',
    tag,
    summary: 'Call a number with an agent, once',
    access: callers,
    body: createCallBody,
    answer: callCreated,
    status: 202,
    idempotent: true,
    errors: ['call.no-number', 'voice.no-room', 'route.bad-target'],
  }),
} as const;

/** Answered by voice, which has the live calls. */
export const sessionRoutes = {
  openVoiceSession: defineRoute({
    method: 'POST',
    path: '/v1/voice-sessions',
    tag,
    summary: 'A token and an address for speaking to an agent from a browser',
    access: speakers,
    body: openSessionBody,
    answer: sessionAnswer,
    status: 201,
    idempotent: true,
    errors: ['voice.no-room', 'voice.no-sessions'],
  }),
  openRuntimeSession: defineRoute({
    method: 'POST',
    path: '/v1/voice-runtime-session',
    aliases: ['/voice-runtime-session'],
    tag,
    summary: 'The same under the names of an older system',
    access: speakers,
    body: runtimeSessionBody,
    answer: runtimeSessionAnswer,
    status: 201,
    idempotent: true,
    errors: ['voice.no-room', 'voice.no-sessions'],
  }),
  hangUpCall: defineRoute({
    method: 'POST',
    path: '/v1/calls/:callId/hang-up',
    tag,
    summary: 'End a live call now',
    access: callers,
    params: callId,
    answer: z.strictObject({ found: z.boolean() }),
    status: 200,
  }),
  eraseCall: defineRoute({
    method: 'DELETE',
    path: '/v1/calls/:callId',
    tag,
    summary: 'Forget what was said in a call, its recording, and whose it was',
    access: people('admin'),
    params: callId,
    answer: nothing,
    status: 204,
    errors: ['call.not-ended'],
  }),
} as const;

/** Answered by analytics, from its read models. */
export const callRoutes = {
  listCalls: defineRoute({
    method: 'GET',
    path: '/v1/calls',
    tag,
    summary: 'Calls, the newest first',
    access: readers,
    query: callsQuery,
    answer: callsAnswer,
    status: 200,
  }),
  getCall: defineRoute({
    method: 'GET',
    path: '/v1/calls/:callId',
    tag,
    summary: 'One call with its transcript and what is known of its recording',
    access: readers,
    params: callId,
    answer: callAnswer,
    status: 200,
  }),
  getRecording: defineRoute({
    method: 'GET',
    path: '/v1/calls/:callId/recording',
    tag,
    summary: 'Addresses the recording can be fetched from, for some minutes',
    access: readers,
    params: callId,
    answer: recordingAnswer,
    status: 200,
  }),
  getCallEvents: defineRoute({
    method: 'GET',
    path: '/v1/calls/:callId/events',
    tag,
    summary: 'Everything that happened in a call, in order',
    access: readers,
    params: callId,
    answer: callEventsAnswer,
    status: 200,
  }),
  getCallLog: defineRoute({
    method: 'GET',
    path: '/v1/call-logs/:callId',
    aliases: ['/call-logs/:callId'],
    tag,
    summary: 'Transcript, duration and a link to the recording, under older names',
    access: readers,
    params: callId,
    answer: callLogAnswer,
    status: 200,
  }),
} as const;
