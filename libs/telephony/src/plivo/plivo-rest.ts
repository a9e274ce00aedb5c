import { CarrierRest } from '../ports.js';
import type { JsonObject } from '../read-json.js';
import { isCallId, onlyMatch, readListing, type ListedCall } from '../rest/find-call.js';
import { basicAuth, getJson, postJson, segment } from '../rest/http-calls.js';
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

const reading: ReplyReading = {
  callId: (body) => oneOf(body['request_uuid']),
  errorCode: (body) => body['code'] ?? body['error_code'],
};

/** Each live call is asked for by itself; with more of them than this nobody looks. */
const MAX_LIVE_CALLS = 25;

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

  limitDuration(): null {
    return null;
  }

  readCreate(reply: CarrierReply): CreateOutcome {
    return readCreate(reply, reading);
  }

  readCommand(reply: CarrierReply): CommandOutcome {
    return readCommand(reply, reading);
  }

  /** Live calls only, first their ids and then each: what the list of ended ones takes differs. */
  async findCall(
    account: CarrierAccount,
    search: CallSearch,
    ask: AskCarrier,
  ): Promise<FindOutcome> {
    const get = (tail: string): HttpCall =>
      getJson(this.#url(account, `${tail}?status=live`), this.#api.authorize(account));
    const ids: unknown = readListing(await ask(get('')))?.['calls'];
    if (!Array.isArray(ids) || !ids.every(isCallId) || ids.length > MAX_LIVE_CALLS) {
      return { kind: 'unclear' };
    }
    const calls: ListedCall[] = [];
    for (const id of ids) {
      const reply = await ask(get(`${segment(id)}/`));
      // Over since the list was made.
      if (reply !== 'timeout' && reply.status === 404) continue;
      const body = readListing(reply);
      if (!body) return { kind: 'unclear' };
      calls.push(listed(id, body));
    }
    return onlyMatch(calls, search);
  }

  #post(account: CarrierAccount, tail: string, body: object): HttpCall {
    return postJson(this.#url(account, tail), this.#api.authorize(account), body);
  }

  /** Exact case and the slash at the end: without them some answer 401. */
  #url(account: CarrierAccount, tail: string): string {
    return `${account.baseUrl}${this.#api.prefix}${segment(account.accountId)}/Call/${tail}`;
  }
}

function listed(id: string, body: JsonObject): ListedCall {
  return {
    carrierCallId: id,
    from: body['from'],
    to: body['to'],
    startedAt: body['session_start'],
    isOutbound: body['direction'] === 'outbound',
  };
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
