import { CarrierRest } from '../ports.js';
import { basicAuth, postJson, segment } from '../rest/http-calls.js';
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

const reading: ReplyReading = {
  callId: (body) => oneOf(body['request_uuid']),
  errorCode: (body) => body['code'] ?? body['error_code'],
};

export interface PlivoApi {
  readonly prefix: string;
  readonly authorize: (account: CarrierAccount) => HttpCall['headers'];
}

const plivoApi: PlivoApi = {
  prefix: '/v1/Account/',
  authorize: (account) => ({ authorization: basicAuth(account.accountId, account.secret) }),
};

/** Plivo's REST, which Vobiz speaks too. Neither knows idempotency. */
export class PlivoRest extends CarrierRest {
  readonly #api: PlivoApi;

  constructor(api: PlivoApi = plivoApi) {
    super();
    this.#api = api;
  }

  createCall(account: CarrierAccount, order: CallOrder): HttpCall {
    return this.#post(account, '', {
      to: bareNumber(order.to),
      from: bareNumber(order.from),
      answer_url: order.answerUrl,
      answer_method: 'POST',
      ring_url: order.statusUrl,
      ring_method: 'POST',
      hangup_url: order.statusUrl,
      hangup_method: 'POST',
      ring_timeout: order.ringSeconds,
      time_limit: order.timeLimitSeconds,
      ...machineFields(order),
    });
  }

  hangUp(account: CarrierAccount, carrierCallId: string): HttpCall {
    return {
      method: 'DELETE',
      url: this.#url(account, `${segment(carrierCallId)}/`),
      headers: this.#api.authorize(account),
      body: '',
    };
  }

  sendDigits(account: CarrierAccount, order: DigitsOrder): HttpCall | null {
    return this.#post(account, `${segment(order.carrierCallId)}/DTMF/`, {
      digits: checkDigits(order.digits),
      leg: 'aleg',
    });
  }

  move(account: CarrierAccount, order: MoveOrder): HttpCall {
    return this.#post(account, `${segment(order.carrierCallId)}/`, {
      legs: 'aleg',
      aleg_url: order.documentUrl,
      aleg_method: 'POST',
    });
  }

  readCreate(reply: CarrierReply): CreateOutcome {
    return readCreate(reply, reading);
  }

  readCommand(reply: CarrierReply): CommandOutcome {
    return readCommand(reply, reading);
  }

  #post(account: CarrierAccount, tail: string, body: object): HttpCall {
    return postJson(this.#url(account, tail), this.#api.authorize(account), body);
  }

  /** Exact case and the slash at the end: without them some answer 401. */
  #url(account: CarrierAccount, tail: string): string {
    return `${account.baseUrl}${this.#api.prefix}${segment(account.accountId)}/Call/${tail}`;
  }
}

/** One call gives one id; some versions wrap it in a list. */
function oneOf(id: unknown): unknown {
  return Array.isArray(id) && id.length === 1 ? (id[0] as unknown) : id;
}

function machineFields(order: CallOrder): object {
  if (order.machineDetection === undefined) return {};
  return {
    machine_detection: 'true',
    machine_detection_time: 5_000,
    machine_detection_url: order.machineDetection.resultUrl,
    machine_detection_method: 'POST',
  };
}
