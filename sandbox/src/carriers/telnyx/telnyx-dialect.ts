import { randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import type { CallOutcome, CarrierCall } from '../carrier-call.js';
import { isOfCommand, type CarrierNews, type CommandNews, type Dialect } from '../dialect.js';
import type { StreamOrder } from '../media/wire.js';
import { keyFromSeed, signTelnyx, type Post } from '../signing.js';
import { telnyxRateLimited } from './telnyx-replies.js';
import { telnyxRest } from './telnyx-rest.js';
import { TelnyxWire } from './telnyx-wire.js';
import { idsOf } from './telnyx-words.js';

const causes: Readonly<Record<CallOutcome, readonly [cause: string, sip: string]>> = {
  completed: ['normal_clearing', '200'],
  busy: ['user_busy', '486'],
  'no-answer': ['timeout', '487'],
  failed: ['not_found', '404'],
  canceled: ['originator_cancel', '487'],
  rejected: ['call_rejected', '603'],
  'time-limit': ['time_limit', '200'],
};
const machineResults: Readonly<Record<string, string>> = {
  human: 'human',
  machine: 'machine',
  fax: 'fax_detected',
  silence: 'silence',
  unknown: 'not_sure',
};

const keys = new Map<string, KeyObject>();

function keyOf(seed: string): KeyObject {
  const known = keys.get(seed) ?? keyFromSeed(seed);
  keys.set(seed, known);
  return known;
}

/** Call control: the platform is told by webhooks and answers with REST commands. */
export const telnyxDialect: Dialect = {
  carrier: 'telnyx',
  webhookAttempts: 3,
  newCallId: () => `v3:${randomBytes(32).toString('base64url')}`,
  sign: (post, { signingSeed }) =>
    signTelnyx(post, keyOf(signingSeed), Math.floor(Date.now() / 1000)),
  handshakeHeaders: () => ({}),
  newsPost,
  answerPost: () => undefined,
  gatherTag: 'Gather',
  keysPost: (_call, url) => ({ url }),
  openWire: (call: CarrierCall, order: StreamOrder) => {
    const { from, to, clientState } = call.options;
    const { callSessionId } = idsOf(call);
    const wire = new TelnyxWire({
      callControlId: call.id,
      callSessionId,
      from,
      to,
      clientState,
      order,
    });
    return { wire, streamId: wire.streamId };
  },
  rest: telnyxRest,
  rateLimited: telnyxRateLimited,
};

function newsPost(call: CarrierCall, news: CarrierNews): Post | undefined {
  if (isOfCommand(news)) return commandEvent(call, news);
  switch (news.kind) {
    case 'initiated':
      return event(call, 'call.initiated', { state: stateOf(call) });
    case 'ringing':
      return undefined;
    case 'answered':
      return event(call, 'call.answered', { state: 'answered', start_time: call.answeredAt });
    case 'ended':
      return event(call, 'call.hangup', endOf(call));
    case 'machine':
      return machineEvent(call, news);
    case 'stream':
      return event(call, `streaming.${news.state}`, { stream_id: news.streamId });
  }
}

function commandEvent(call: CarrierCall, news: CommandNews): Post | undefined {
  switch (news.kind) {
    case 'speak':
      return event(call, `call.speak.${news.state}`, spokenOf(call, news.state));
    case 'dtmf':
      return event(call, 'call.dtmf.received', { digit: news.digit });
    case 'gathered':
      return event(call, 'call.gather.ended', gatheredOf(call, news.digits));
    case 'bridged':
      return event(call, 'call.bridged', { state: 'bridged' });
  }
}

const spokenOf = (call: CarrierCall, state: 'started' | 'ended'): object =>
  state === 'ended' ? { status: call.isOver ? 'call_hangup' : 'completed' } : {};

function gatheredOf(call: CarrierCall, digits: string): object {
  if (digits !== '') return { digits, status: 'valid' };
  return { digits, status: call.isOver ? 'call_hangup' : 'timeout' };
}

const stateOf = (call: CarrierCall): string =>
  call.options.direction === 'inbound' ? 'parked' : 'bridging';

function event(call: CarrierCall, eventType: string, more: object): Post | undefined {
  const { status: url, answer } = call.options.urls;
  const to = url ?? answer;
  if (to === undefined) return undefined;
  const { account, from, to: called, direction, clientState } = call.options;
  const { callLegId, callSessionId } = idsOf(call);
  const json = JSON.stringify({
    data: {
      record_type: 'event',
      id: randomUUID(),
      event_type: eventType,
      occurred_at: new Date().toISOString(),
      payload: {
        call_control_id: call.id,
        call_leg_id: callLegId,
        call_session_id: callSessionId,
        connection_id: account.accountId,
        from,
        to: called,
        direction: direction === 'inbound' ? 'incoming' : 'outgoing',
        client_state: clientState ?? null,
        ...more,
      },
    },
    meta: { attempt: 1, delivered_to: to },
  });
  return { url: to, json };
}

function endOf(call: CarrierCall): object {
  const [hangup_cause, sip_hangup_cause] = causes[call.outcome ?? 'failed'];
  return {
    state: 'hangup',
    hangup_cause,
    hangup_source: sourceOf(call),
    sip_hangup_cause,
    start_time: call.answeredAt ?? call.createdAt,
    end_time: call.endedAt,
  };
}

function sourceOf(call: CarrierCall): string {
  const isInbound = call.options.direction === 'inbound';
  if (call.endedBy === 'carrier') return 'unknown';
  return (call.endedBy === 'person') === isInbound ? 'caller' : 'callee';
}

/** Premium tells twice, the cheaper ones once. */
function machineEvent(
  call: CarrierCall,
  { verdict, phase }: Extract<CarrierNews, { kind: 'machine' }>,
): Post | undefined {
  const { machineDetection: mode } = call.options;
  const premium = mode === 'premium' ? 'premium.' : '';
  if (phase === 'detection') {
    const result = machineResults[verdict] ?? 'not_sure';
    const named = premium && result === 'human' ? 'human_residence' : result;
    return event(call, `call.machine.${premium}detection.ended`, { result: named });
  }
  if (mode === 'detect') return undefined;
  return event(call, `call.machine.${premium}greeting.ended`, { result: 'beep_detected' });
}
