import { randomBytes } from 'node:crypto';
import type { Account } from '../accounts.js';
import type { CarrierCall, Command } from '../carrier-call.js';
import type { StreamOrder } from '../media/wire.js';
import {
  fieldsOf,
  numberField,
  secondsField,
  textField,
  type RestReply,
  type RestRequest,
} from '../rest.js';
import type { Switchboard } from '../switchboard.js';
import { activeCalls } from './telnyx-listing.js';
import { bearerIn, refused, telnyxRateLimited, unauthorized } from './telnyx-replies.js';
import { idsOf } from './telnyx-words.js';

type Fields = Readonly<Record<string, unknown>>;

const paths = /^\/v2\/calls(?:\/([^/]+)(?:\/actions\/([a-z_]+))?)?$/;

const listPath = /^\/v2\/connections\/([A-Za-z0-9_-]+)\/active_calls$/;

export async function telnyxRest(
  request: RestRequest,
  board: Switchboard,
): Promise<RestReply | undefined> {
  const listed = listPath.exec(request.path)?.[1];
  if (listed !== undefined) return activeCalls(request, { board, accountId: listed });
  const found = paths.exec(request.path);
  if (!found) return undefined;
  const [, id, action] = found;
  const secret = bearerIn(request);
  const fields = fieldsOf(request);
  if (!fields) return refused(400, '10015', 'Invalid JSON');
  if (secret === undefined) return unauthorized();
  if (id === undefined) return create({ secret, fields, board });
  const call = board.find(decodeURIComponent(id));
  if (!call) return refused(404, '90015', 'Call not found');
  if (call.options.account.secret !== secret) return unauthorized();
  if (action === undefined) return { status: 200, body: { data: aliveness(call) } };
  return act(call, { action, fields, board });
}

interface Create {
  readonly secret: string;
  readonly fields: Fields;
  readonly board: Switchboard;
}

/** Command ids are remembered as long as their call is. */
const byCommand = new WeakMap<Switchboard, Map<string, CarrierCall>>();

function create({ secret, fields, board }: Create): RestReply {
  const accountId = textField(fields, 'connection_id') ?? '';
  const account = board.accounts.admit({ carrier: 'telnyx', accountId, secret });
  if (!account) {
    const isKnown = board.accounts.withSecret('telnyx', secret) !== undefined;
    return isKnown ? refused(422, '10015', 'Invalid value for connection_id') : unauthorized();
  }
  const to = numberField(fields, 'to');
  const from = numberField(fields, 'from');
  if (!to || !from) return refused(422, '10016', 'Phone number must be in +E164 format');
  const commandId = textField(fields, 'command_id');
  const known = commandId && commandsOf(board).get(`${accountId}/${commandId}`);
  if (known) return created(known, { account, command: 'create-again', commandId });
  if (!board.admits(account, Date.now())) return telnyxRateLimited();
  const call = board.begin({
    id: `v3:${randomBytes(32).toString('base64url')}`,
    account,
    direction: 'outbound',
    from,
    to,
    urls: urlsOf(fields),
    ringSeconds: secondsField(fields, 'timeout_secs', 30),
    timeLimitSeconds: Math.min(secondsField(fields, 'time_limit_secs', 14_400), 14_400),
    ...optionalsOf(fields),
  });
  if (commandId) remember(board, `${accountId}/${commandId}`, call);
  return created(call, { account, command: 'create', commandId });
}

function urlsOf(fields: Fields): { status?: string } {
  const url = textField(fields, 'webhook_url');
  return url === undefined ? {} : { status: url };
}

function optionalsOf(fields: Fields) {
  const mode = textField(fields, 'answering_machine_detection') ?? 'disabled';
  const clientState = textField(fields, 'client_state');
  const stream = streamIn(fields);
  return {
    ...(mode === 'disabled' ? {} : { machineDetection: mode }),
    ...(clientState === undefined ? {} : { clientState }),
    ...(stream === undefined ? {} : { streamOnAnswer: stream }),
  };
}

interface Creation {
  readonly account: Account;
  readonly command: string;
  readonly commandId: string | undefined;
}

function created(call: CarrierCall, { account, command, commandId }: Creation): RestReply {
  const did = { command, accountId: account.accountId, callId: call.id };
  return {
    status: 200,
    body: { data: aliveness(call) },
    did: { ...did, ...(commandId ? { key: commandId } : {}) },
  };
}

function commandsOf(board: Switchboard): Map<string, CarrierCall> {
  const known = byCommand.get(board) ?? new Map<string, CarrierCall>();
  byCommand.set(board, known);
  return known;
}

const MAX_COMMANDS = 10_000;

function remember(board: Switchboard, commandId: string, call: CarrierCall): void {
  const commands = commandsOf(board);
  commands.set(commandId, call);
  const [oldest] = commands.keys();
  if (commands.size > MAX_COMMANDS && oldest !== undefined) commands.delete(oldest);
}

function aliveness(call: CarrierCall): object {
  const { callLegId, callSessionId } = idsOf(call);
  return {
    record_type: 'call',
    call_control_id: call.id,
    call_leg_id: callLegId,
    call_session_id: callSessionId,
    is_alive: !call.isOver,
    client_state: call.options.clientState ?? null,
  };
}

interface Action {
  readonly action: string;
  readonly fields: Fields;
  readonly board: Switchboard;
}

/** Commands already carried out, by call. */
const done = new WeakMap<CarrierCall, Set<string>>();

function act(call: CarrierCall, { action, fields, board }: Action): RestReply {
  if (call.isOver) return refused(422, '90018', 'Call has already ended');
  const answer: RestReply = {
    status: 200,
    body: { data: { result: 'ok' } },
    did: { command: action, accountId: call.options.account.accountId, callId: call.id },
  };
  const commandId = textField(fields, 'command_id');
  const ids = done.get(call) ?? new Set();
  done.set(call, ids);
  if (commandId !== undefined && ids.has(`${action}/${commandId}`)) return answer;
  const problem =
    action === 'bridge' ? bridge(call, fields, board) : carryOut(call, action, fields);
  if (problem) return problem;
  if (commandId !== undefined) ids.add(`${action}/${commandId}`);
  return answer;
}

const notAnswered = (): RestReply => refused(422, '90034', 'Call not answered yet');

function carryOut(call: CarrierCall, action: string, fields: Fields): RestReply | undefined {
  switch (action) {
    case 'hangup':
      call.hangUpByApi();
      return undefined;
    case 'reject':
      call.end(fields['cause'] === 'USER_BUSY' ? 'busy' : 'rejected', 'api');
      return undefined;
    case 'answer':
      return answer(call, fields);
    case 'streaming_stop':
      void call.socket?.close();
      return undefined;
    case 'send_dtmf':
      return sendDigits(call, textField(fields, 'digits') ?? '');
    default:
      return carryOutAnswered(call, action, fields);
  }
}

/** Two answered legs of one account; each is told by a webhook of its own. */
function bridge(call: CarrierCall, fields: Fields, board: Switchboard): RestReply | undefined {
  const other = board.find(textField(fields, 'call_control_id') ?? '');
  const isOurs = other?.options.account === call.options.account;
  if (!other || !isOurs || other === call) return refused(404, '90015', 'Call not found');
  if (other.isOver) return refused(422, '90018', 'Call has already ended');
  if (!call.answeredAt || !other.answeredAt) return notAnswered();
  const room = `bridge of ${call.id}`;
  for (const leg of [call, other]) leg.command({ verb: 'meet', room, timeLimitSeconds: undefined });
  return undefined;
}

function sendDigits(call: CarrierCall, digits: string): RestReply | undefined {
  if (!/^[0-9A-D*#wW]{1,64}$/.test(digits)) return refused(422, '10015', 'Invalid digits');
  call.heardDigits.push(...digits);
  return undefined;
}

function answer(call: CarrierCall, fields: Fields): RestReply | undefined {
  if (call.options.direction === 'outbound') return refused(422, '90052', 'Call is outgoing');
  call.command({ verb: 'answer' });
  const order = streamIn(fields);
  if (order) call.command({ verb: 'stream', order });
  return undefined;
}

function carryOutAnswered(
  call: CarrierCall,
  action: string,
  fields: Fields,
): RestReply | undefined {
  if (!call.answeredAt) return notAnswered();
  const command = commandIn(action, fields);
  if (!command) return refused(422, '10015', `Cannot do ${action} with this`);
  if (command.verb === 'stream' && call.socket) {
    return refused(422, '90046', 'Media streaming already started');
  }
  call.command(command);
  return undefined;
}

function commandIn(action: string, fields: Fields): Command | undefined {
  const to = numberField(fields, 'to');
  const text = textField(fields, 'payload');
  const order = streamIn(fields);
  if (action === 'streaming_start' && order) return { verb: 'stream', order };
  if (action === 'speak' && text) return { verb: 'say', text };
  if (action === 'gather_using_speak' && text && textField(fields, 'voice')) {
    return gatherOf(fields, text);
  }
  if (action === 'transfer' && to) {
    return { verb: 'dial', to, timeLimitSeconds: secondsField(fields, 'time_limit_secs', 14_400) };
  }
  return undefined;
}

function gatherOf(fields: Fields, text: string): Command {
  const count = (name: string, usual: number): number => {
    const value = fields[name];
    return typeof value === 'number' && value > 0 ? value : usual;
  };
  return {
    ...{ verb: 'gather', says: [text], numDigits: count('maximum_digits', 128) },
    ...{ timeoutMs: count('timeout_millis', 60_000), tries: count('maximum_tries', 3) },
  };
}

/** Only what the simulation can play: PCMU in both directions. */
function streamIn(fields: Fields): StreamOrder | undefined {
  const url = textField(fields, 'stream_url');
  if (url === undefined || !/^wss?:\/\//.test(url)) return undefined;
  const given = fields['custom_parameters'];
  const pairs = (Array.isArray(given) ? (given as Fields[]) : []).map((one) => [
    textField(one, 'name') ?? '',
    textField(one, 'value') ?? '',
  ]);
  return { url, parameters: Object.fromEntries(pairs) as Record<string, string> };
}
