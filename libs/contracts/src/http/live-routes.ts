import { z } from 'zod';
import { token } from '../envelope.js';
import { liveNews } from '../live-news.js';
import { peopleAndKeys } from './access.js';
import { callSummary } from './call-bodies.js';
import { defineRoute } from './define-route.js';
import { timestamp } from './fields.js';

export const liveByes = ['shutdown', 'credential'] as const;

/** What one event of the live view holds; its `event:` field says its type once more. */
export const liveEvent = z.discriminatedUnion('type', [
  ...liveNews.options,
  /** First, and with each `gap`: the calls that are live now. */
  z.strictObject({
    type: z.literal('snapshot'),
    at: timestamp,
    calls: z.array(callSummary),
    /** False: there are more than are shown. */
    isComplete: z.boolean(),
  }),
  /** Something was missed, and nobody knows what. */
  z.strictObject({ type: z.literal('gap'), at: timestamp }),
  /** The last of a reader that was too slow. */
  z.strictObject({ type: z.literal('overflow'), at: timestamp }),
  /** The last of a reader that has to come back, with a new token after `credential`. */
  z.strictObject({ type: z.literal('bye'), at: timestamp, reason: z.enum(liveByes) }),
]);
export type LiveEvent = z.output<typeof liveEvent>;

/** Answered by the gateway itself, from what voice tells while calls run. */
export const liveRoutes = {
  followLive: defineRoute({
    method: 'GET',
    path: '/v1/live',
    tag: 'calls',
    summary: 'What happens in live calls, as it happens; goes on after a Last-Event-ID',
    access: peopleAndKeys('viewer', 'calls:read', ['runtime']),
    query: z.strictObject({ callId: token.optional() }),
    answer: liveEvent,
    status: 200,
    isStream: true,
    errors: ['live.full'],
  }),
} as const;
