import { z } from 'zod';
import type { CallNews, MachineVerdict } from '../call-news.js';
import { causeOfSipCode, type EndCause } from '../end-cause.js';
import { pick } from '../pick.js';
import { readCount } from '../read-json.js';
import { bodyText, firstValues, parseForm } from '../signing/form.js';

const text = z.string().max(2_000).optional();
const callback = z.object({
  CallSid: z.string().min(1).max(64),
  AccountSid: text,
  CallStatus: text,
  Direction: text,
  From: text,
  To: text,
  SequenceNumber: text,
  CallDuration: text,
  SipResponseCode: text,
  AnsweredBy: text,
  Digits: text,
  StreamEvent: text,
  StreamSid: text,
});
type Callback = z.infer<typeof callback>;

const verdicts: Readonly<Record<string, MachineVerdict>> = {
  human: 'human',
  machine_start: 'machine',
  machine_end_beep: 'machine-beep',
  machine_end_silence: 'machine-greeting-ended',
  machine_end_other: 'machine-greeting-ended',
  fax: 'fax',
  unknown: 'unknown',
};
const streamStates: Readonly<Record<string, 'started' | 'stopped' | 'failed'>> = {
  'stream-started': 'started',
  'stream-stopped': 'stopped',
  'stream-error': 'failed',
};
const progress: Readonly<Record<string, 'initiated' | 'ringing'>> = {
  queued: 'initiated',
  initiated: 'initiated',
  ringing: 'ringing',
};

export function parseTwilio(rawBody: Uint8Array): CallNews {
  const parsed = callback.safeParse(firstValues(parseForm(bodyText(rawBody))));
  if (!parsed.success) return { kind: 'malformed', reason: 'not a Twilio callback' };
  const body = parsed.data;
  return ofStream(body) ?? ofStatus(body) ?? ofEvent(body);
}

function about(body: Callback, what: string) {
  return {
    carrierCallId: body.CallSid,
    accountId: body.AccountSid ?? null,
    eventKey: `${body.CallSid}:${what}:${body.SequenceNumber ?? ''}`,
    clientState: null,
  };
}

function parties(body: Callback) {
  const isInbound = body.Direction === 'inbound';
  const direction: 'inbound' | 'outbound' = isInbound ? 'inbound' : 'outbound';
  return {
    direction: body.Direction === undefined ? null : direction,
    from: body.From ?? null,
    to: body.To ?? null,
  };
}

function ofStream(body: Callback): CallNews | undefined {
  if (body.StreamEvent === undefined) return undefined;
  const state = pick(streamStates, body.StreamEvent);
  if (state === undefined) return { kind: 'ignored', what: 'StreamEvent' };
  return { kind: 'stream', state, ...about(body, `${body.StreamEvent}:${body.StreamSid ?? ''}`) };
}

function ofStatus(body: Callback): CallNews | undefined {
  const status = body.CallStatus;
  if (status === undefined || body.Digits !== undefined) return undefined;
  const kind = pick(progress, status);
  if (kind !== undefined) return { kind, ...about(body, status), ...parties(body) };
  if (status === 'in-progress') {
    const machine = body.AnsweredBy === undefined ? null : verdictOf(body.AnsweredBy);
    return { kind: 'answered', machine, ...about(body, status), ...parties(body) };
  }
  const cause = causeOf(body, status);
  if (cause === undefined) return { kind: 'ignored', what: 'CallStatus' };
  const detail = [status, body.SipResponseCode].filter((one) => one !== undefined).join(' ');
  const durationSeconds = readCount(body.CallDuration);
  return { kind: 'ended', cause, detail, durationSeconds, ...about(body, status) };
}

function ofEvent(body: Callback): CallNews {
  if (body.Digits !== undefined) {
    return { kind: 'dtmf', digits: body.Digits, ...about(body, `digits:${body.Digits}`) };
  }
  if (body.AnsweredBy !== undefined) {
    return { kind: 'machine', verdict: verdictOf(body.AnsweredBy), ...about(body, 'amd') };
  }
  return { kind: 'ignored', what: 'nothing known in it' };
}

/** `completed` does not say who hung up; where it was us, our own `ended` stands before this one. */
function causeOf(body: Callback, status: string): EndCause | undefined {
  const fixed: Readonly<Record<string, EndCause>> = {
    completed: 'user_hangup',
    busy: 'dial_busy',
    'no-answer': 'dial_no_answer',
    canceled: 'manual_stopped',
    failed: causeOfSipCode(body.SipResponseCode) ?? 'dial_failed',
  };
  // A declined call is reported as busy; only the SIP code tells.
  if (status === 'busy' && body.SipResponseCode === '603') return 'user_declined';
  return pick(fixed, status);
}

const verdictOf = (answeredBy: string): MachineVerdict => pick(verdicts, answeredBy) ?? 'unknown';
