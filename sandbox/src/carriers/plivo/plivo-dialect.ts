import { randomUUID } from 'node:crypto';
import type { CallOutcome, CarrierCall, EndedBy } from '../carrier-call.js';
import { isOfCommand, type CarrierNews, type Dialect } from '../dialect.js';
import type { StreamOrder } from '../media/wire.js';
import { signPlivo, signVobiz, type Post } from '../signing.js';
import { plivoRateLimited, plivoRest, vobizRateLimited, vobizRest } from './plivo-rest.js';
import { PlivoWire } from './plivo-wire.js';

type Fields = (readonly [string, string])[];

const ends: Readonly<Record<CallOutcome, readonly [status: string, cause: string, code: string]>> =
  {
    completed: ['completed', 'NORMAL_CLEARING', '4000'],
    busy: ['busy', 'USER_BUSY', '3010'],
    'no-answer': ['no-answer', 'NO_ANSWER', '3000'],
    failed: ['failed', 'UNALLOCATED_NUMBER', '2000'],
    canceled: ['cancel', 'ORIGINATOR_CANCEL', '1000'],
    rejected: ['failed', 'CALL_REJECTED', '3020'],
    'time-limit': ['completed', 'ALLOTTED_TIMEOUT', '4050'],
  };
const endNames: Readonly<Record<string, string>> = {
  NORMAL_CLEARING: 'Normal Hangup',
  USER_BUSY: 'Busy Line',
  NO_ANSWER: 'No Answer',
  UNALLOCATED_NUMBER: 'Invalid Destination Address',
  ORIGINATOR_CANCEL: 'Cancelled',
  CALL_REJECTED: 'Rejected',
  ALLOTTED_TIMEOUT: 'Scheduled Hangup',
};

const shared = {
  newCallId: () => randomUUID(),
  keysPost: (call: CarrierCall, url: string, digits: string): Post => ({
    url,
    fields: [
      ...fieldsOf(call, 'Redirect', statusOf(call)),
      ['Digits', digits],
      ['InputType', 'dtmf'],
    ],
  }),
  handshakeHeaders: () => ({}),
  newsPost,
  answerPost: (call: CarrierCall): Post | undefined => {
    const { answer } = call.options.urls;
    if (answer === undefined) return undefined;
    return { url: answer, fields: fieldsOf(call, 'StartApp', statusOf(call)) };
  },
};

export const plivoDialect: Dialect = {
  ...shared,
  carrier: 'plivo',
  gatherTag: 'GetInput',
  webhookAttempts: 3,
  sign: (post, account) => signPlivo(post, account.secret),
  openWire: (call, order) => openWire(call, order, false),
  rest: plivoRest,
  rateLimited: plivoRateLimited,
};

export const vobizDialect: Dialect = {
  ...shared,
  carrier: 'vobiz',
  gatherTag: 'Gather',
  webhookAttempts: 3,
  sign: (post, account) => signVobiz(post, account.secret),
  openWire: (call, order) => openWire(call, order, true),
  rest: vobizRest,
  rateLimited: vobizRateLimited,
};

/** Both send linear audio unless they are told otherwise, which the simulation cannot. */
function openWire(call: CarrierCall, order: StreamOrder, isVobiz: boolean) {
  const { contentType = 'audio/x-l16;rate=8000' } = order;
  if (!/^audio\/x-mulaw\s*(;\s*rate=8000)?$/.test(contentType)) {
    throw new SyntaxError(`a stream of ${contentType} is not simulated`);
  }
  const { accountId } = call.options.account;
  const wire = new PlivoWire({ callId: call.id, accountId, order, isVobiz });
  return { wire, streamId: wire.streamId };
}

/** Numbers have no plus here. */
function fieldsOf(call: CarrierCall, event: string, status: string): Fields {
  const { from, to, direction } = call.options;
  return [
    ['ALegUUID', call.id],
    ['CallStatus', status],
    ['CallUUID', call.id],
    ['Direction', direction],
    ['Event', event],
    ['From', from.slice(1)],
    ['RequestUUID', call.id],
    ['SessionStart', call.createdAt.toISOString().replace('T', ' ').replace('Z', '000')],
    ['To', to.slice(1)],
  ];
}

const statusOf = (call: CarrierCall): string =>
  call.state === 'in-progress' ? 'in-progress' : 'ringing';

function newsPost(call: CarrierCall, news: CarrierNews): Post | undefined {
  const { status, ring, machine } = call.options.urls;
  if (isOfCommand(news)) return undefined;
  switch (news.kind) {
    case 'initiated':
    case 'answered':
      return undefined;
    case 'ringing':
      return post(ring, fieldsOf(call, 'Ring', 'ringing'));
    case 'ended':
      return post(status, endFields(call));
    case 'machine':
      return machinePost(call, news, machine);
    case 'stream':
      return streamPost(call, news);
  }
}

/** Only where somebody asked to be told. */
function post(url: string | undefined, fields: Fields): Post | undefined {
  return url === undefined ? undefined : { url, fields };
}

function endFields(call: CarrierCall): Fields {
  const [status, cause, code] = ends[call.outcome ?? 'failed'];
  const seconds = call.durationSeconds;
  const time = (date: Date | undefined): string =>
    date?.toISOString().replace('T', ' ').slice(0, 19) ?? '';
  return [
    ...fieldsOf(call, 'Hangup', status),
    ['AnswerTime', time(call.answeredAt)],
    ['BillDuration', String(Math.ceil(seconds / 60) * 60)],
    ['Duration', String(seconds)],
    ['EndTime', time(call.endedAt)],
    ['HangupCause', cause],
    ['HangupCauseCode', code],
    ['HangupCauseName', endNames[cause] ?? cause],
    ['HangupSource', sourceOf(call.endedBy, call.options.direction)],
    ['StartTime', time(call.createdAt)],
  ];
}

function sourceOf(endedBy: EndedBy | undefined, direction: 'inbound' | 'outbound'): string {
  if (endedBy === 'api') return 'API Request';
  if (endedBy === 'document') return 'Answer XML';
  if (endedBy === 'carrier') return 'Plivo';
  return direction === 'inbound' ? 'Caller' : 'Callee';
}

/** Told once, of the detection. */
function machinePost(
  call: CarrierCall,
  { verdict, phase }: Extract<CarrierNews, { kind: 'machine' }>,
  url: string | undefined,
): Post | undefined {
  if (phase !== 'detection') return undefined;
  const fields = fieldsOf(call, 'MachineDetection', 'in-progress');
  return post(url, [...fields, ['Machine', String(verdict === 'machine')]]);
}

function streamPost(
  call: CarrierCall,
  { state, streamId, statusUrl }: Extract<CarrierNews, { kind: 'stream' }>,
): Post | undefined {
  if (statusUrl === undefined) return undefined;
  const events = { started: 'StartStream', stopped: 'StopStream', failed: 'DroppedStream' };
  const { from, to } = call.options;
  return post(statusUrl, [
    ['CallUUID', call.id],
    ['Event', events[state]],
    ['From', from.slice(1)],
    ['StreamID', streamId],
    ['Timestamp', new Date().toISOString()],
    ['To', to.slice(1)],
  ]);
}
