import { CarrierRest } from '../ports.js';
import { basicAuth, postForm, segment, type FormFields } from '../rest/http-calls.js';
import { readCommand, readCreate, type ReplyReading } from '../rest/read-reply.js';
import {
  bareNumber,
  type CallOrder,
  type CarrierAccount,
  type CarrierReply,
  type CommandOutcome,
  type CreateOutcome,
  type HttpCall,
  type MoveOrder,
} from '../rest/rest-types.js';

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
}

function post(account: CarrierAccount, tail: string, fields: FormFields): HttpCall {
  const url = `${account.baseUrl}/2010-04-01/Accounts/${segment(account.accountId)}/Calls${tail}`;
  return postForm(url, { authorization: basicAuth(account.accountId, account.secret) }, fields);
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
