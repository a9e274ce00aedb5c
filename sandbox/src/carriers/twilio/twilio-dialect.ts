import type { CallOutcome, CarrierCall } from '../carrier-call.js';
import { isOfCommand, type CarrierNews, type Dialect } from '../dialect.js';
import type { StreamOrder } from '../media/wire.js';
import { signTwilio, type Post } from '../signing.js';
import { twilioRateLimited, twilioRest } from './twilio-rest.js';
import { TwilioWire } from './twilio-wire.js';
import { newCallSid, twilioFinals, twilioStatus } from './twilio-words.js';

const sipCodes: Readonly<Partial<Record<CallOutcome, string>>> = {
  completed: '200',
  'time-limit': '200',
  busy: '486',
  rejected: '603',
  'no-answer': '487',
  failed: '404',
  canceled: '487',
};
const statuses = { initiated: 'initiated', ringing: 'ringing', answered: 'in-progress' } as const;
const amdWords: Readonly<Record<string, string>> = {
  human: 'human',
  machine: 'machine_start',
  fax: 'fax',
  silence: 'unknown',
  unknown: 'unknown',
};

export const twilioDialect: Dialect = {
  carrier: 'twilio',
  webhookAttempts: 1,
  newCallId: newCallSid,
  sign: (post, account) => signTwilio(post, account.secret),
  handshakeHeaders: (url, account) => signTwilio({ url }, account.secret),
  newsPost,
  answerPost: (call) => {
    const { answer } = call.options.urls;
    return answer === undefined ? undefined : { url: answer, fields: shared(call) };
  },
  gatherTag: 'Gather',
  keysPost: (call, url, digits) => ({
    url,
    fields: [...shared(call), ['Digits', digits], ['FinishedOnKey', ''], ['msg', 'Gather End']],
  }),
  openWire: (call: CarrierCall, order: StreamOrder) => {
    const { account } = call.options;
    const wire = new TwilioWire({ accountSid: account.accountId, callSid: call.id, order });
    return { wire, streamId: wire.streamSid };
  },
  rest: twilioRest,
  rateLimited: twilioRateLimited,
};

function shared(call: CarrierCall, status = twilioStatus(call)): (readonly [string, string])[] {
  const { account, from, to, direction } = call.options;
  return [
    ['AccountSid', account.accountId],
    ['ApiVersion', '2010-04-01'],
    ['CallSid', call.id],
    ['CallStatus', status],
    ['Called', to],
    ['Caller', from],
    ['Direction', direction === 'inbound' ? 'inbound' : 'outbound-api'],
    ['From', from],
    ['To', to],
  ];
}

const sequences = new WeakMap<CarrierCall, number>();

function nextSequence(call: CarrierCall): string {
  const sequence = sequences.get(call) ?? 0;
  sequences.set(call, sequence + 1);
  return String(sequence);
}

function newsPost(call: CarrierCall, news: CarrierNews): Post | undefined {
  if (isOfCommand(news)) return undefined;
  switch (news.kind) {
    case 'initiated':
    case 'ringing':
    case 'answered':
      return progressPost(call, news.kind);
    case 'ended':
      return endPost(call);
    case 'machine':
      return machinePost(call, news);
    case 'stream':
      return streamPost(call, news);
  }
}

function callback(
  call: CarrierCall,
  status: string,
  more: readonly (readonly [string, string])[],
): Post | undefined {
  const { status: url } = call.options.urls;
  if (url === undefined) return undefined;
  const fields = [
    ...shared(call, status),
    ['CallbackSource', 'call-progress-events'] as const,
    ['SequenceNumber', nextSequence(call)] as const,
    ['Timestamp', new Date().toUTCString().replace('GMT', '+0000')] as const,
    ...more,
  ];
  return { url, fields };
}

/** Only the events that were asked for; `completed` alone where nothing was said. */
function progressPost(call: CarrierCall, kind: keyof typeof statuses): Post | undefined {
  const { statusEvents = [] } = call.options.urls;
  return statusEvents.includes(kind) ? callback(call, statuses[kind], []) : undefined;
}

function endPost(call: CarrierCall): Post | undefined {
  const { statusEvents } = call.options.urls;
  if (statusEvents && !statusEvents.includes('completed')) return undefined;
  const { outcome = 'failed', durationSeconds } = call;
  return callback(call, twilioFinals[outcome], [
    ['CallDuration', String(durationSeconds)],
    ['Duration', String(Math.ceil(durationSeconds / 60))],
    ['SipResponseCode', sipCodes[outcome] ?? '200'],
  ]);
}

function machinePost(
  call: CarrierCall,
  news: Extract<CarrierNews, { kind: 'machine' }>,
): Post | undefined {
  const { machine: url } = call.options.urls;
  // One result per call: with DetectMessageEnd the one after the greeting.
  const waitsForEnd = call.options.machineDetection === 'DetectMessageEnd';
  const isResult = news.verdict === 'machine' ? (news.phase === 'greeting') === waitsForEnd : true;
  if (url === undefined || !isResult) return undefined;
  const answeredBy =
    news.phase === 'greeting' ? 'machine_end_beep' : (amdWords[news.verdict] ?? 'unknown');
  return {
    url,
    fields: [
      ['AccountSid', call.options.account.accountId],
      ['AnsweredBy', answeredBy],
      ['CallSid', call.id],
      ['MachineDetectionDuration', String(Math.round(call.durationSeconds * 1000))],
    ],
  };
}

function streamPost(
  call: CarrierCall,
  { state, streamId, statusUrl }: Extract<CarrierNews, { kind: 'stream' }>,
): Post | undefined {
  if (statusUrl === undefined) return undefined;
  const event = state === 'failed' ? 'stream-error' : `stream-${state}`;
  const fields: (readonly [string, string])[] = [
    ['AccountSid', call.options.account.accountId],
    ['CallSid', call.id],
    ['StreamEvent', event],
    ['StreamName', streamId],
    ['StreamSid', streamId],
    ['Timestamp', new Date().toISOString()],
    ...(state === 'failed'
      ? ([['StreamError', 'Stream - Connection - Handshake error']] as const)
      : []),
  ];
  return { url: statusUrl, fields };
}
