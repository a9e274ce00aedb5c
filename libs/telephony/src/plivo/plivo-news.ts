import { z } from 'zod';
import type { CallNews, Direction } from '../call-news.js';
import { pick } from '../pick.js';
import { readCount } from '../read-json.js';
import { bodyText, firstValues, parseForm } from '../signing/form.js';
import { plivoCause } from './plivo-cause.js';

const text = z.string().max(2_000).optional();
const callback = z
  .object({
    CallUUID: z.string().min(1).max(128).optional(),
    RequestUUID: text,
    ALegUUID: text,
    Event: text,
    CallStatus: text,
    Direction: text,
    From: text,
    To: text,
    Duration: text,
    HangupCause: text,
    HangupCauseName: text,
    HangupCauseCode: text,
    HangupSource: text,
    Machine: text,
    Digits: text,
    StreamID: text,
  })
  .transform((body, context) => {
    // Before a leg exists only the request has an id, and the leg will take it over.
    const callId = body.CallUUID ?? body.ALegUUID ?? body.RequestUUID;
    if (callId !== undefined && callId !== '') return { ...body, callId };
    context.addIssue({ code: 'custom', message: 'no id of a call' });
    return z.NEVER;
  });
type Callback = z.infer<typeof callback>;

const streamStates: Readonly<Record<string, 'started' | 'stopped' | 'failed'>> = {
  StartStream: 'started',
  StopStream: 'stopped',
  DroppedStream: 'failed',
};
const progress: Readonly<Record<string, 'initiated' | 'ringing'>> = {
  CallInitiated: 'initiated',
  Ring: 'ringing',
};
/** The leg asks for a document: at first, and after it was sent somewhere else. */
const asking = new Set(['StartApp', 'Redirect']);
const finals = new Set(['completed', 'no-answer', 'busy', 'cancel', 'timeout', 'failed']);

/** Plivo's callbacks, and Vobiz's, which are made after them. */
export function parsePlivo(rawBody: Uint8Array): CallNews {
  const parsed = callback.safeParse(firstValues(parseForm(bodyText(rawBody))));
  if (!parsed.success) return { kind: 'malformed', reason: 'not a callback of a call' };
  const body = parsed.data;
  return ofStream(body) ?? ofProgress(body) ?? ofEnd(body) ?? ofEvent(body);
}

function about(body: Callback, what: string) {
  return {
    carrierCallId: body.callId,
    accountId: null,
    eventKey: `${body.callId}:${what}`,
    clientState: null,
  };
}

function parties(body: Callback) {
  const direction = pick<Direction>({ inbound: 'inbound', outbound: 'outbound' }, body.Direction);
  return { direction: direction ?? null, from: body.From ?? null, to: body.To ?? null };
}

function ofStream(body: Callback): CallNews | undefined {
  const state = pick(streamStates, body.Event);
  if (state === undefined) return undefined;
  return { kind: 'stream', state, ...about(body, `${body.Event ?? ''}:${body.StreamID ?? ''}`) };
}

function ofProgress(body: Callback): CallNews | undefined {
  if (body.Machine !== undefined || body.Digits !== undefined) return undefined;
  const status = body.CallStatus === 'ringing' && body.Event !== 'Hangup' ? 'ringing' : undefined;
  // An incoming call asks for its document while it rings; an outgoing one when it is answered.
  const kind = pick(progress, body.Event) ?? status;
  if (kind !== undefined) return { kind, ...about(body, kind), ...parties(body) };
  const isAnswer = body.Event === undefined || asking.has(body.Event);
  if (!isAnswer || body.CallStatus !== 'in-progress') return undefined;
  return { kind: 'answered', machine: null, ...about(body, 'answered'), ...parties(body) };
}

function ofEnd(body: Callback): CallNews | undefined {
  const isFinal = body.CallStatus !== undefined && finals.has(body.CallStatus);
  if (body.Event !== 'Hangup' && !isFinal) return undefined;
  const detail = [body.CallStatus, body.HangupCauseName ?? body.HangupCause, body.HangupSource]
    .filter((one) => one !== undefined && one !== '')
    .join(' ');
  return {
    kind: 'ended',
    cause: plivoCause({
      code: body.HangupCauseCode,
      name: body.HangupCauseName ?? body.HangupCause,
      source: body.HangupSource,
      status: body.CallStatus,
      isInbound: body.Direction === 'inbound',
    }),
    detail,
    durationSeconds: readCount(body.Duration),
    ...about(body, 'ended'),
  };
}

function ofEvent(body: Callback): CallNews {
  if (body.Machine !== undefined) {
    const verdict = body.Machine.toLowerCase() === 'true' ? 'machine' : 'human';
    return { kind: 'machine', verdict, ...about(body, 'machine') };
  }
  if (body.Digits !== undefined) {
    return { kind: 'dtmf', digits: body.Digits, ...about(body, `digits:${body.Digits}`) };
  }
  return { kind: 'ignored', what: (body.Event ?? 'nothing known in it').slice(0, 64) };
}
