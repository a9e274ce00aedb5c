import { CarrierRest, type DialOrder, type HearOrder, type StreamOrder } from '../ports.js';
import { isCallId, readListing } from '../rest/find-call.js';
import { getJson, postJson, segment } from '../rest/http-calls.js';
import { readCommand, readCreate, type ReplyReading } from '../rest/read-reply.js';
import {
  bareNumber,
  checkDigits,
  type AskCarrier,
  type CallOrder,
  type CallSearch,
  type CarrierAccount,
  type CarrierReply,
  type CommandOutcome,
  type CreateOutcome,
  type DigitsOrder,
  type FindOutcome,
  type HttpCall,
  type MoveOrder,
} from '../rest/rest-types.js';
import { isJsonObject, nested, type JsonObject } from '../read-json.js';
import { KEY_SECONDS, spokenLanguage } from '../spoken-language.js';

const reading: ReplyReading = {
  callId: (body) => (isJsonObject(body['data']) ? body['data']['call_control_id'] : undefined),
  errorCode: (body) => firstError(body)?.['code'],
  reasons: {
    '10009': 'credential',
    '10010': 'permission',
    '10011': 'rate',
    '10016': 'destination',
    '90018': 'not-found',
    D38: 'permission',
  },
  // 90018: the call has ended; 90019: it is not alive any more.
  goneCodes: ['90018', '90019'],
};

/** The connection's live calls, a page at a time. */
const MAX_PAGES = 20;
const PAGE_SIZE = 50;

/** A command about one call, and an id that makes its repetition harmless. */
export interface TelnyxCommand {
  readonly carrierCallId: string;
  readonly commandId: string;
}

type Spoken = Pick<HearOrder, 'text' | 'language'>;

/** Call control: what other carriers read from a document, Telnyx is told. */
export class TelnyxRest extends CarrierRest {
  createCall(account: CarrierAccount, order: CallOrder): HttpCall {
    return post(account, '/calls', {
      connection_id: account.accountId,
      to: `+${bareNumber(order.to)}`,
      from: `+${bareNumber(order.from)}`,
      command_id: order.commandId,
      client_state: clientState(order.commandId),
      webhook_url: order.statusUrl,
      webhook_url_method: 'POST',
      timeout_secs: order.ringSeconds,
      time_limit_secs: Math.min(order.timeLimitSeconds, 14_400),
      answering_machine_detection: machineMode(order),
    });
  }

  hangUp(account: CarrierAccount, carrierCallId: string): HttpCall {
    // Command ids count per call, and a call is hung up once.
    return act(account, { carrierCallId, commandId: 'hangup' }, { name: 'hangup' });
  }

  sendDigits(account: CarrierAccount, order: DigitsOrder): HttpCall {
    return act(account, order, { name: 'send_dtmf', digits: checkDigits(order.digits) });
  }

  /** When one of the two leaves, the other is hung up. */
  move(account: CarrierAccount, order: MoveOrder): HttpCall {
    return act(account, order, { name: 'bridge', call_control_id: order.otherCarrierCallId });
  }

  /** To somebody else, for good: what other carriers read from `AnswerDocument.dial`. */
  forward(account: CarrierAccount, command: TelnyxCommand, order: DialOrder): HttpCall {
    return act(account, command, {
      name: 'transfer',
      to: `+${bareNumber(order.to)}`,
      from: `+${bareNumber(order.callerId)}`,
      time_limit_secs: Math.min(order.timeLimitSeconds, 14_400),
    });
  }

  /** Said twice; what was pressed comes as `call.gather.ended`. */
  hear(account: CarrierAccount, command: TelnyxCommand, of: Spoken): HttpCall {
    return act(account, command, {
      name: 'gather_using_speak',
      payload: of.text,
      voice: 'female',
      language: spokenLanguage(of.language),
      minimum_digits: 1,
      maximum_digits: 1,
      maximum_tries: 2,
      timeout_millis: KEY_SECONDS * 1000,
    });
  }

  /** Sent when the call was answered, so that no token waits out the ringing. */
  startStream(account: CarrierAccount, command: TelnyxCommand, stream: StreamOrder): HttpCall {
    const parameters = Object.entries({ ...stream.parameters, token: stream.token });
    return act(account, command, {
      name: 'streaming_start',
      stream_url: stream.url,
      stream_track: 'inbound_track',
      stream_codec: 'PCMU',
      stream_bidirectional_mode: 'rtp',
      stream_bidirectional_codec: 'PCMU',
      stream_bidirectional_sampling_rate: 8000,
      custom_parameters: parameters.map(([name, value]) => ({ name, value })),
    });
  }

  answer(account: CarrierAccount, command: TelnyxCommand): HttpCall {
    return act(account, command, { name: 'answer' });
  }

  /** Its end is told as `call.speak.ended`. */
  speak(
    account: CarrierAccount,
    command: TelnyxCommand,
    { text, language }: { readonly text: string; readonly language: string },
  ): HttpCall {
    return act(account, command, { name: 'speak', payload: text, voice: 'female', language });
  }

  reject(account: CarrierAccount, command: TelnyxCommand): HttpCall {
    return act(account, command, { name: 'reject', cause: 'USER_BUSY' });
  }

  /** No such command is documented for a call that is already there. */
  limitDuration(): null {
    return null;
  }

  readCreate(reply: CarrierReply): CreateOutcome {
    return readCreate(reply, reading);
  }

  readCommand(reply: CarrierReply): CommandOutcome {
    return readCommand(reply, reading);
  }

  /** The listing gives our own id back, so there is nothing to guess. */
  async findCall(
    account: CarrierAccount,
    search: CallSearch,
    ask: AskCarrier,
  ): Promise<FindOutcome> {
    const wanted = clientState(search.commandId);
    let after = '';
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const body = readListing(await ask(activeCalls(account, after)));
      const calls = body?.['data'];
      if (!Array.isArray(calls)) return { kind: 'unclear' };
      const ours = calls.find((call) => nested(call, 'client_state') === wanted) as unknown;
      const id = nested(ours, 'call_control_id');
      if (isCallId(id)) return { kind: 'found', carrierCallId: id, by: 'command-id' };
      const next = nested(nested(body?.['meta'], 'cursors'), 'after');
      if (calls.length < PAGE_SIZE || typeof next !== 'string') return { kind: 'none' };
      after = next;
    }
    return { kind: 'unclear' };
  }
}

const clientState = (commandId: string): string =>
  Buffer.from(commandId, 'utf8').toString('base64');

function activeCalls(account: CarrierAccount, after: string): HttpCall {
  const query = new URLSearchParams({ 'page[limit]': String(PAGE_SIZE) });
  if (after !== '') query.set('page[after]', after);
  const path = `/connections/${segment(account.accountId)}/active_calls`;
  return getJson(`${account.baseUrl}/v2${path}?${query.toString()}`, headersOf(account));
}

const headersOf = (account: CarrierAccount): HttpCall['headers'] => ({
  authorization: `Bearer ${account.secret}`,
  accept: 'application/json',
});

interface Action {
  /** The last segment of the path; the rest is the body. */
  readonly name: string;
  readonly [field: string]: unknown;
}

function post(account: CarrierAccount, path: string, body: object): HttpCall {
  return postJson(`${account.baseUrl}/v2${path}`, headersOf(account), body);
}

function act(account: CarrierAccount, command: TelnyxCommand, action: Action): HttpCall {
  const { name, ...fields } = action;
  const body = { command_id: command.commandId, ...fields };
  return post(account, `/calls/${segment(command.carrierCallId)}/actions/${name}`, body);
}

function machineMode(order: CallOrder): string {
  if (order.machineDetection === undefined) return 'disabled';
  // Premium reports the end of the greeting by itself.
  return order.machineDetection.mode === 'detect' ? 'detect' : 'premium';
}

function firstError(body: JsonObject): JsonObject | undefined {
  const errors = body['errors'];
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return isJsonObject(first) ? first : undefined;
}
