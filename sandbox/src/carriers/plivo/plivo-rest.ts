import { randomUUID } from 'node:crypto';
import type { Account } from '../accounts.js';
import type { CarrierCall } from '../carrier-call.js';
import { callIdInUrl } from '../ledger.js';
import {
  basicCredential,
  fieldsOf,
  numberField,
  secondsField,
  textField,
  type RestReply,
  type RestRequest,
} from '../rest.js';
import type { Switchboard } from '../switchboard.js';

type Fields = Readonly<Record<string, unknown>>;

interface Api {
  readonly carrier: 'plivo' | 'vobiz';
  /** Exact case and the slash at the end. */
  readonly paths: RegExp;
  readonly secretFor: (request: RestRequest, accountId: string) => string | undefined;
  readonly refused: (status: number, error: string) => RestReply;
  readonly rateLimited: () => RestReply;
  readonly fired: string;
  /** A path of calls that is not spelt exactly: Vobiz answers it as it answers a wrong key. */
  readonly misspelt: () => RestReply | undefined;
}

const apiId = '00000000-0000-4000-8000-000000000002';

export const plivoRateLimited = (): RestReply => ({
  status: 429,
  body: { api_id: apiId, error: 'Too many requests' },
});

export const vobizRateLimited = (): RestReply => ({
  status: 429,
  body: { error: 'rate limited', details: { limitType: 'cps', retryAfter: 1 } },
});

const plivoApi: Api = {
  carrier: 'plivo',
  paths: /^\/v1\/Account\/([A-Za-z0-9_-]+)\/Call\/(?:([A-Za-z0-9-]+)\/(DTMF\/)?)?$/,
  secretFor: (request, accountId) => {
    const { user, password } = basicCredential(request);
    return user === accountId ? password : undefined;
  },
  refused: (status, error) => ({ status, body: { api_id: apiId, error } }),
  rateLimited: plivoRateLimited,
  fired: 'call fired',
  misspelt: () => undefined,
};

const vobizApi: Api = {
  carrier: 'vobiz',
  paths: /^\/api\/v1\/Account\/([A-Za-z0-9_-]+)\/Call\/(?:([A-Za-z0-9-]+)\/)?$/,
  secretFor: ({ headers }, accountId) =>
    headers['x-auth-id'] === accountId ? headers['x-auth-token'] : undefined,
  refused: (status, error) => ({ status, body: { error } }),
  rateLimited: vobizRateLimited,
  fired: 'Call fired',
  misspelt: () => ({ status: 401, body: { error: 'unauthorized' } }),
};

export const plivoRest = (request: RestRequest, board: Switchboard) =>
  answer({ request, board, api: plivoApi });
export const vobizRest = (request: RestRequest, board: Switchboard) =>
  answer({ request, board, api: vobizApi });

interface Asked {
  readonly request: RestRequest;
  readonly board: Switchboard;
  readonly api: Api;
}

async function answer(asked: Asked): Promise<RestReply | undefined> {
  const { request, board, api } = asked;
  const found = api.paths.exec(request.path);
  const isOurs = /\/Account\/[^/]+\/Call/i.test(request.path);

  if (!found) return isOurs ? api.misspelt() : undefined;
  const [, accountId = '', callId, digits] = found;
  const secret = api.secretFor(request, accountId);
  const account = board.accounts.admit({ carrier: api.carrier, accountId, secret });
  if (!account) return api.refused(401, 'Could not verify your access level for that URL.');
  const fields = fieldsOf(request);
  if (!fields) return api.refused(400, 'malformed JSON');
  if (callId !== undefined) return ofCall(asked, { account, callId, fields, isDigits: !!digits });
  return request.method === 'POST' ? create(asked, account, fields) : list(asked, account);
}

interface OfCall {
  readonly account: Account;
  readonly callId: string;
  readonly fields: Fields;
  readonly isDigits: boolean;
}

function ofCall(asked: Asked, { account, callId, fields, isDigits }: OfCall): RestReply {
  const call = asked.board.find(callId);
  if (!call || call.options.account !== account) return asked.api.refused(404, 'call not found');
  return isDigits ? sendDigits(asked, call, fields) : change(asked, call, fields);
}

function create({ board, api }: Asked, account: Account, fields: Fields): RestReply {
  const to = numberField(fields, 'to');
  const from = numberField(fields, 'from');
  const answerUrl = textField(fields, 'answer_url');
  if (!to || !from) return api.refused(400, 'to or from parameter is not valid');
  if (!answerUrl) return api.refused(400, 'answer_url parameter not present');
  if (!board.admits(account, Date.now())) return api.rateLimited();
  const call = board.begin({
    id: randomUUID(),
    account,
    direction: 'outbound',
    from,
    to,
    urls: urlsIn(fields, answerUrl),
    ringSeconds: secondsField(fields, 'ring_timeout', 120),
    timeLimitSeconds: secondsField(fields, 'time_limit', 14_400),
    ...(fields['machine_detection'] ? { machineDetection: 'true' } : {}),
  });
  const key = callIdInUrl(answerUrl);
  const did = { command: 'create', accountId: account.accountId, callId: call.id };
  return {
    status: 201,
    body: { api_id: apiId, message: api.fired, request_uuid: call.id },
    did: { ...did, ...(key ? { key } : {}) },
  };
}

function urlsIn(fields: Fields, answer: string) {
  const one = (name: string, as: string) => {
    const value = textField(fields, name);
    return value === undefined ? {} : { [as]: value };
  };
  return {
    answer,
    ...one('hangup_url', 'status'),
    ...one('ring_url', 'ring'),
    ...one('machine_detection_url', 'machine'),
  };
}

function sendDigits({ api }: Asked, call: CarrierCall, fields: Fields): RestReply {
  const digits = textField(fields, 'digits') ?? '';
  if (!/^[0-9*#wW]{1,64}$/.test(digits)) return api.refused(400, 'digits parameter is not valid');
  if (call.isOver) return api.refused(404, 'call not found');
  call.heardDigits.push(...digits);
  const did = { command: 'digits', accountId: call.options.account.accountId, callId: call.id };
  return { status: 202, body: { api_id: apiId, message: 'digits sent' }, did };
}

function change(asked: Asked, call: CarrierCall, fields: Fields): RestReply {
  const { request, api } = asked;
  const { accountId } = call.options.account;
  if (request.method === 'GET') return shown(asked, call);
  if (call.isOver) return api.refused(404, 'call not found');
  if (request.method === 'DELETE') {
    call.hangUpByApi();
    return { status: 204, did: { command: 'hang-up', accountId, callId: call.id } };
  }
  const url = textField(fields, 'aleg_url');
  if (!url) return api.refused(400, 'aleg_url parameter not present');
  call.redirect({ url });
  return {
    status: 202,
    body: { api_id: apiId, message: 'call transferred', call_uuids: [call.id] },
    did: { command: 'transfer', accountId, callId: call.id },
  };
}

function list({ board }: Asked, account: Account): RestReply {
  const calls = board
    .calls()
    .filter((call) => call.options.account === account && !call.isOver)
    .map((call) => call.id);
  return { status: 200, body: { api_id: apiId, calls } };
}

/** A live call looks other than the record of one that is over. */
function shown({ request, api }: Asked, call: CarrierCall): RestReply {
  if (request.query.get('status') !== 'live') return { status: 200, body: resource(call) };
  return call.isOver ? api.refused(404, 'call not found') : { status: 200, body: live(call) };
}

function live(call: CarrierCall): object {
  const { from, to, direction } = call.options;
  return {
    api_id: apiId,
    call_status: call.state,
    call_uuid: call.id,
    caller_name: '',
    direction,
    from: from.slice(1),
    request_uuid: call.id,
    session_start: call.createdAt.toISOString().replace('T', ' ').replace('Z', '000'),
    stir_attestation: 'Not Applicable',
    stir_verification: 'Not Applicable',
    to: to.slice(1),
  };
}

function resource(call: CarrierCall): object {
  const { from, to, direction } = call.options;
  return {
    api_id: apiId,
    call_uuid: call.id,
    request_uuid: call.id,
    call_status: call.state,
    call_state: call.isOver ? 'HANGUP' : 'EXCHANGE_MEDIA',
    call_direction: direction,
    call_duration: call.durationSeconds,
    from_number: from.slice(1),
    to_number: to.slice(1),
  };
}
