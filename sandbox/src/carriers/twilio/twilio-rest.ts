import type { Account } from '../accounts.js';
import type { CarrierCall } from '../carrier-call.js';
import { callIdInUrl } from '../ledger.js';
import {
  basicCredential,
  numberField,
  secondsField,
  textField,
  type RestReply,
  type RestRequest,
} from '../rest.js';
import type { Switchboard } from '../switchboard.js';
import { newCallSid, twilioStatus } from './twilio-words.js';

const paths = /^\/2010-04-01\/Accounts\/([A-Za-z0-9_-]+)\/Calls(?:\/([A-Za-z0-9]+))?\.json$/;
/** Twilio's own number that is never valid. */
const INVALID_NUMBER = '+15005550001';

function refused(status: number, code: number, message: string): RestReply {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return { status, body: { code, message, more_info, status } };
}

export const twilioRateLimited = (): RestReply => refused(429, 20_429, 'Too Many Requests');

interface Asked {
  readonly account: Account;
  readonly board: Switchboard;
  readonly request: RestRequest;
}

export async function twilioRest(
  request: RestRequest,
  board: Switchboard,
): Promise<RestReply | undefined> {
  const [, accountId, callId] = paths.exec(request.path) ?? [];
  if (accountId === undefined) return undefined;
  const { user, password } = basicCredential(request);
  const secret = user === accountId ? password : undefined;
  const account = board.accounts.admit({ carrier: 'twilio', accountId, secret });
  if (!account) return refused(401, 20_003, 'Authenticate');
  const asked = { account, board, request };
  if (callId === undefined) {
    return request.method === 'POST' ? create(asked) : list(asked);
  }
  const call = board.find(callId);
  if (!call || call.options.account.accountId !== accountId) {
    const path = request.path.replace(/\.json$/, '');
    return refused(404, 20_404, `The requested resource ${path} was not found`);
  }
  return request.method === 'POST' ? update(asked, call) : { status: 200, body: resource(call) };
}

function create({ account, board, request }: Asked): RestReply {
  const form = new URLSearchParams(request.body);
  const fields = Object.fromEntries(form);
  const { to, from, problem } = partiesIn(fields);
  if (problem) return problem;
  const url = textField(fields, 'Url');
  const twiml = textField(fields, 'Twiml');
  if (!url && !twiml) return refused(400, 21_205, 'Url is not a valid URL');
  if (!board.admits(account, Date.now())) return twilioRateLimited();
  const call = board.begin({
    id: newCallSid(),
    account,
    direction: 'outbound',
    from,
    to,
    urls: urlsIn(form),
    ringSeconds: secondsField(fields, 'Timeout', 60),
    timeLimitSeconds: secondsField(fields, 'TimeLimit', 14_400),
    ...(fields['MachineDetection'] ? { machineDetection: fields['MachineDetection'] } : {}),
    ...(twiml ? { document: twiml } : {}),
  });
  const key = callIdInUrl(url ?? '');
  const did = { command: 'create', accountId: account.accountId, callId: call.id };
  return { status: 201, body: resource(call), did: { ...did, ...(key ? { key } : {}) } };
}

function partiesIn(fields: Readonly<Record<string, string>>) {
  const to = numberField(fields, 'To') ?? '';
  const from = numberField(fields, 'From') ?? '';
  const wrong = (name: 'To' | 'From', code: number) => ({
    to,
    from,
    problem: refused(400, code, `The '${name}' number ${fields[name] ?? ''} is not valid.`),
  });
  if (to === '' || to === INVALID_NUMBER) return wrong('To', 21_211);
  return from === '' ? wrong('From', 21_212) : { to, from, problem: undefined };
}

function urlsIn(form: URLSearchParams) {
  const one = (name: string, as: string) => {
    const value = form.get(name);
    return value ? { [as]: value } : {};
  };
  return {
    ...one('Url', 'answer'),
    ...one('StatusCallback', 'status'),
    ...one('AsyncAmdStatusCallback', 'machine'),
    statusEvents: eventsIn(form.getAll('StatusCallbackEvent')),
  };
}

/** Repeated, or as one value with spaces. */
function eventsIn(given: readonly string[]): readonly string[] {
  const events = given.flatMap((one) => one.split(' ')).filter((one) => one !== '');
  return events.length > 0 ? events : ['completed'];
}

function update({ account, request }: Asked, call: CarrierCall): RestReply {
  const fields = Object.fromEntries(new URLSearchParams(request.body));
  if (call.isOver) return refused(400, 21_220, 'Call is not in-progress. Cannot redirect.');
  const command = commandIn(fields);
  const twiml = textField(fields, 'Twiml');
  const url = textField(fields, 'Url');
  if (command === 'hang-up') call.hangUpByApi();
  if (command === 'limit') {
    call.timeLimitSeconds = secondsField(fields, 'TimeLimit', call.timeLimitSeconds);
  }
  if (command === 'update' && twiml) call.redirect({ document: twiml });
  else if (command === 'update' && url) call.redirect({ url });
  const did = { command, accountId: account.accountId, callId: call.id };
  return { status: 200, body: resource(call), did };
}

function commandIn(fields: Readonly<Record<string, string>>): string {
  if (fields['Status'] === 'completed' || fields['Status'] === 'canceled') return 'hang-up';
  return fields['TimeLimit'] !== undefined && !fields['Twiml'] && !fields['Url']
    ? 'limit'
    : 'update';
}

function list({ account, board, request }: Asked): RestReply {
  const { query } = request;
  const pageSize = Math.min(Number(query.get('PageSize') ?? 50) || 50, 1_000);
  const asks = (name: string, value: string): boolean =>
    !query.has(name) || query.get(name) === value;
  const calls = board
    .calls()
    .filter((call) => call.options.account === account)
    .filter(
      (call) =>
        asks('To', call.options.to) &&
        asks('From', call.options.from) &&
        asks('Status', twilioStatus(call)),
    )
    .toReversed()
    .slice(0, pageSize)
    .map(resource);
  const page = { page: 0, page_size: pageSize, start: 0, end: Math.max(0, calls.length - 1) };
  return { status: 200, body: { ...page, calls, next_page_uri: null, uri: request.path } };
}

function resource(call: CarrierCall): object {
  const { account, from, to, direction } = call.options;
  const uri = `/2010-04-01/Accounts/${account.accountId}/Calls/${call.id}`;
  const time = (date: Date | undefined) => date?.toUTCString().replace('GMT', '+0000') ?? null;
  return {
    sid: call.id,
    account_sid: account.accountId,
    annotation: null,
    answered_by: null,
    api_version: '2010-04-01',
    caller_name: null,
    date_created: time(call.createdAt),
    date_updated: time(call.endedAt ?? call.answeredAt ?? call.createdAt),
    direction: direction === 'inbound' ? 'inbound' : 'outbound-api',
    duration: call.endedAt ? String(call.durationSeconds) : null,
    end_time: time(call.endedAt),
    forwarded_from: null,
    from,
    from_formatted: from,
    group_sid: null,
    parent_call_sid: null,
    phone_number_sid: null,
    price: null,
    price_unit: 'USD',
    queue_time: '0',
    start_time: time(call.answeredAt),
    status: twilioStatus(call),
    subresource_uris: { recordings: `${uri}/Recordings.json` },
    to,
    to_formatted: to,
    trunk_sid: null,
    uri: `${uri}.json`,
  };
}
