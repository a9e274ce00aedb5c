import { CarrierRest, type HearOrder, type StreamOrder } from '../ports.js';
import { postJson, segment } from '../rest/http-calls.js';
import { readCommand, readCreate, type ReplyReading } from '../rest/read-reply.js';
import {
  bareNumber,
  checkDigits,
  type CallOrder,
  type CarrierAccount,
  type CarrierReply,
  type CommandOutcome,
  type CreateOutcome,
  type DigitsOrder,
  type HttpCall,
  type MoveOrder,
} from '../rest/rest-types.js';
import { isJsonObject, type JsonObject } from '../read-json.js';
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
      client_state: Buffer.from(order.commandId, 'utf8').toString('base64'),
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

  reject(account: CarrierAccount, command: TelnyxCommand): HttpCall {
    return act(account, command, { name: 'reject', cause: 'USER_BUSY' });
  }

  readCreate(reply: CarrierReply): CreateOutcome {
    return readCreate(reply, reading);
  }

  readCommand(reply: CarrierReply): CommandOutcome {
    return readCommand(reply, reading);
  }
}

interface Action {
  /** The last segment of the path; the rest is the body. */
  readonly name: string;
  readonly [field: string]: unknown;
}

function post(account: CarrierAccount, path: string, body: object): HttpCall {
  return postJson(
    `${account.baseUrl}/v2${path}`,
    { authorization: `Bearer ${account.secret}`, accept: 'application/json' },
    body,
  );
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
