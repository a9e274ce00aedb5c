import { CarrierRest } from '../ports.js';
import { basicAuth, getJson, postForm, segment, type FormFields } from '../rest/http-calls.js';
import { onlyMatch, readListing, type ListedCall } from '../rest/find-call.js';
import { readCommand, readCreate, type ReplyReading } from '../rest/read-reply.js';
import {
  bareNumber,
  type AskCarrier,
  type CallOrder,
  type CallSearch,
  type CarrierAccount,
  type CarrierReply,
  type CommandOutcome,
  type CreateOutcome,
  type FindOutcome,
  type HttpCall,
  type MoveOrder,
} from '../rest/rest-types.js';
import { isJsonObject } from '../read-json.js';

const reading: ReplyReading = {
  callId: (body) => body['sid'],
  errorCode: (body) => body['code'],
  reasons: {
    '13223': 'destination',
    '13224': 'destination',
    '13225': 'permission',
    '13227': 'permission',
    '20003': 'credential',
    '20429': 'rate',
    '21211': 'destination',
    '21214': 'destination',
    '21215': 'permission',
    '21216': 'permission',
    '21217': 'destination',
    '21219': 'permission',
  },
  // 21220: the call is not in a state that can be changed.
  goneCodes: ['20404', '21220'],
};

export class TwilioRest extends CarrierRest {
  createCall(account: CarrierAccount, order: CallOrder): HttpCall {
    const events = ['initiated', 'ringing', 'answered', 'completed'];
    return post(account, '.json', [
      ['To', `+${bareNumber(order.to)}`],
      ['From', `+${bareNumber(order.from)}`],
      ['Url', order.answerUrl],
      ['Method', 'POST'],
      ['StatusCallback', order.statusUrl],
      ['StatusCallbackMethod', 'POST'],
      ...events.map((event) => ['StatusCallbackEvent', event] as const),
      ['Timeout', String(order.ringSeconds)],
      ['TimeLimit', String(order.timeLimitSeconds)],
      ...machineFields(order),
    ]);
  }

  hangUp(account: CarrierAccount, carrierCallId: string): HttpCall {
    return post(account, `/${segment(carrierCallId)}.json`, [['Status', 'completed']]);
  }

  /** `<Play digits>` would replace the stream. */
  sendDigits(): null {
    return null;
  }

  move(account: CarrierAccount, order: MoveOrder): HttpCall {
    return post(account, `/${segment(order.carrierCallId)}.json`, [
      ['Url', order.documentUrl],
      ['Method', 'POST'],
    ]);
  }

  /** An incoming call gets its limit here, as TwiML has no word for it. */
  limitDuration(account: CarrierAccount, carrierCallId: string, seconds: number): HttpCall {
    return post(account, `/${segment(carrierCallId)}.json`, [['TimeLimit', String(seconds)]]);
  }

  readCreate(reply: CarrierReply): CreateOutcome {
    return readCreate(reply, reading);
  }

  readCommand(reply: CarrierReply): CommandOutcome {
    return readCommand(reply, reading);
  }

  /** The listing shows no URL: only the numbers and the time tell whose call it is. */
  async findCall(
    account: CarrierAccount,
    search: CallSearch,
    ask: AskCarrier,
  ): Promise<FindOutcome> {
    // Newest first. No `StartTime`: a call that still rings has none.
    const query = new URLSearchParams({
      To: `+${bareNumber(search.to)}`,
      From: `+${bareNumber(search.from)}`,
      PageSize: '20',
    });
    const url = `${urlOf(account, '.json')}?${query.toString()}`;
    const body = readListing(await ask(getJson(url, headersOf(account))));
    const calls = body?.['calls'];
    return Array.isArray(calls) ? onlyMatch(calls.map(listed), search) : { kind: 'unclear' };
  }
}

function post(account: CarrierAccount, tail: string, fields: FormFields): HttpCall {
  return postForm(urlOf(account, tail), headersOf(account), fields);
}

function urlOf(account: CarrierAccount, tail: string): string {
  return `${account.baseUrl}/2010-04-01/Accounts/${segment(account.accountId)}/Calls${tail}`;
}

function headersOf(account: CarrierAccount): HttpCall['headers'] {
  return { authorization: basicAuth(account.accountId, account.secret) };
}

/** `outbound-dial` is the other leg of a transfer. */
function listed(item: unknown): ListedCall {
  const call = isJsonObject(item) ? item : {};
  return {
    carrierCallId: call['sid'],
    from: call['from'],
    to: call['to'],
    startedAt: call['date_created'],
    isOutbound: call['direction'] === 'outbound-api',
  };
}

/** Asynchronous, so that the caller hears us while Twilio listens for a machine. */
function machineFields(order: CallOrder): FormFields {
  if (order.machineDetection === undefined) return [];
  const { mode, resultUrl } = order.machineDetection;
  return [
    ['MachineDetection', mode === 'detect' ? 'Enable' : 'DetectMessageEnd'],
    ['AsyncAmd', 'true'],
    ['AsyncAmdStatusCallback', resultUrl],
    ['AsyncAmdStatusCallbackMethod', 'POST'],
  ];
}
