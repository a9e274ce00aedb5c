import { z } from 'zod';
import type { CallNews, MachineVerdict } from '../call-news.js';
import { causeOfSipCode, type EndCause } from '../end-cause.js';
import { pick } from '../pick.js';
import { readJson } from '../read-json.js';
import { bodyText } from '../signing/form.js';

const text = z.string().max(8_000).nullish();
const webhook = z.object({
  data: z.object({
    id: z.string().min(1).max(128),
    event_type: z.string().min(1).max(128),
    payload: z.object({
      call_control_id: z.string().min(1).max(512),
      connection_id: text,
      direction: text,
      from: text,
      to: text,
      client_state: text,
      hangup_cause: text,
      hangup_source: text,
      sip_hangup_cause: z.union([z.string(), z.number().transform(String)]).nullish(),
      result: text,
      digit: text,
      digits: text,
    }),
  }),
});
type Data = z.infer<typeof webhook>['data'];
type Payload = Data['payload'];

const verdicts: Readonly<Record<string, MachineVerdict>> = {
  human: 'human',
  human_residence: 'human',
  human_business: 'human',
  machine: 'machine',
  silence: 'silence',
  fax_detected: 'fax',
  not_sure: 'unknown',
  beep_detected: 'machine-beep',
  no_beep_detected: 'machine-greeting-ended',
  ended: 'machine-greeting-ended',
};
const streamStates: Readonly<Record<string, 'started' | 'stopped' | 'failed'>> = {
  'streaming.started': 'started',
  'streaming.stopped': 'stopped',
  'streaming.failed': 'failed',
};
const machineEvents = /^call\.machine(\.premium)?\.(detection|greeting)\.ended$/;

export function parseTelnyx(rawBody: Uint8Array): CallNews {
  const parsed = webhook.safeParse(readJson(bodyText(rawBody)));
  if (!parsed.success) return notOfACall(rawBody);
  const { data } = parsed.data;
  // Some senders write call_answered.
  const type = data.event_type.replaceAll('_', '.');
  return ofProgress(data, type) ?? ofEnd(data, type) ?? ofEvent(data, type);
}

/** Not every event is about a call; those that claim to be have to be readable. */
function notOfACall(rawBody: Uint8Array): CallNews {
  const named = z
    .object({ data: z.object({ event_type: z.string() }) })
    .safeParse(readJson(bodyText(rawBody)));
  const isOther = named.success && !/^(call|streaming)[._]/.test(named.data.data.event_type);
  if (isOther) return { kind: 'ignored', what: 'another event' };
  return { kind: 'malformed', reason: 'not a Telnyx call event' };
}

function about(data: Data) {
  return {
    carrierCallId: data.payload.call_control_id,
    accountId: data.payload.connection_id ?? null,
    eventKey: data.id,
    clientState: readState(data.payload.client_state),
  };
}

function readState(state: string | null | undefined): string | null {
  return state ? Buffer.from(state, 'base64').toString('utf8') : null;
}

function ofProgress(data: Data, type: string): CallNews | undefined {
  const { payload } = data;
  const shared = {
    ...about(data),
    direction: directionOf(payload),
    from: payload.from ?? null,
    to: payload.to ?? null,
  };
  if (type === 'call.initiated') {
    // An incoming call rings here until it is answered; an outgoing one only begins.
    return { kind: shared.direction === 'inbound' ? 'ringing' : 'initiated', ...shared };
  }
  if (type === 'call.ringing') return { kind: 'ringing', ...shared };
  if (type === 'call.answered') return { kind: 'answered', machine: null, ...shared };
  return undefined;
}

function directionOf(payload: Payload): 'inbound' | 'outbound' | null {
  const known = { incoming: 'inbound', outgoing: 'outbound' } as const;
  return pick<'inbound' | 'outbound'>(known, payload.direction ?? undefined) ?? null;
}

function ofEnd(data: Data, type: string): CallNews | undefined {
  if (type !== 'call.hangup') return undefined;
  const { hangup_cause: cause, hangup_source: source, sip_hangup_cause: sip } = data.payload;
  const detail = [cause, source, sip].filter((one) => one !== null && one !== undefined).join(' ');
  return {
    kind: 'ended',
    cause: causeOf(data.payload),
    detail,
    durationSeconds: null,
    ...about(data),
  };
}

function causeOf(payload: Payload): EndCause {
  const isInbound = directionOf(payload) === 'inbound';
  const hungUpByUs = payload.hangup_source === (isInbound ? 'callee' : 'caller');
  const sip = causeOfSipCode(payload.sip_hangup_cause ?? undefined);
  const causes: Readonly<Record<string, EndCause>> = {
    normal_clearing: hungUpByUs ? 'agent_hangup' : 'user_hangup',
    originator_cancel: isInbound ? 'user_hangup' : 'manual_stopped',
    call_rejected: sip === 'marked_as_spam' ? sip : 'user_declined',
    timeout: 'dial_no_answer',
    no_answer: 'dial_no_answer',
    time_limit: 'max_duration_reached',
    user_busy: 'dial_busy',
    busy: 'dial_busy',
    not_found: 'invalid_destination',
  };
  return pick(causes, payload.hangup_cause ?? undefined) ?? sip ?? 'error_unknown';
}

function ofEvent(data: Data, type: string): CallNews {
  const { payload } = data;
  const state = pick(streamStates, type);
  if (state !== undefined) return { kind: 'stream', state, ...about(data) };
  if (machineEvents.test(type)) {
    const verdict = pick(verdicts, payload.result ?? undefined) ?? 'unknown';
    return { kind: 'machine', verdict: afterGreeting(type, verdict), ...about(data) };
  }
  return ofCommand(data, type) ?? { kind: 'ignored', what: type.slice(0, 64) };
}

/** What comes of something that this carrier was told to do. */
function ofCommand(data: Data, type: string): CallNews | undefined {
  const { digit, digits } = data.payload;
  switch (type) {
    case 'call.dtmf.received':
      return typeof digit === 'string'
        ? { kind: 'dtmf', digits: digit, ...about(data) }
        : undefined;
    case 'call.speak.ended':
      return { kind: 'spoken', ...about(data) };
    case 'call.gather.ended':
      return { kind: 'keys', digits: digits ?? '', ...about(data) };
    case 'call.bridged':
      return { kind: 'bridged', ...about(data) };
    default:
      return undefined;
  }
}

/** When the greeting has ended, not being sure of a beep still means that it has ended. */
function afterGreeting(type: string, verdict: MachineVerdict): MachineVerdict {
  return type.includes('greeting') && verdict === 'unknown' ? 'machine-greeting-ended' : verdict;
}
