import { describe, expect, it } from '@jest/globals';
import { carriers } from '@trunkline/contracts';
import { carrierKits } from '../carrier-kits.js';
import { TelnyxRest } from '../telnyx/telnyx-rest.js';
import { TwilioRest } from '../twilio/twilio-rest.js';
import type { CallOrder, CarrierAccount } from './rest-types.js';

const account: CarrierAccount = { baseUrl: 'http://sandbox:9', accountId: 'AC1', secret: 's:t' };
const order: CallOrder = {
  to: '+15551230002',
  from: '+15551230001',
  commandId: 'call-1',
  answerUrl: 'https://h.example.com/answer/1?a=b&c=d',
  statusUrl: 'https://h.example.com/status/1',
  ringSeconds: 30,
  timeLimitSeconds: 660,
  machineDetection: { mode: 'greeting-end', resultUrl: 'https://h.example.com/amd/1' },
};
const basic = `Basic ${Buffer.from('AC1:s:t').toString('base64')}`;
const bodyOf = (body: string) => JSON.parse(body) as unknown;
const move = {
  carrierCallId: 'c1',
  otherCarrierCallId: 'c2',
  commandId: 'x1',
  documentUrl: 'https://h.example.com/moved/1',
};

describe('createCall', () => {
  it('is a form for Twilio', () => {
    const call = carrierKits.twilio.rest.createCall(account, order);
    expect(call).toMatchObject({
      method: 'POST',
      url: 'http://sandbox:9/2010-04-01/Accounts/AC1/Calls.json',
      headers: { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' },
    });
    const form = new URLSearchParams(call.body);
    expect(form.getAll('StatusCallbackEvent')).toEqual([
      'initiated',
      'ringing',
      'answered',
      'completed',
    ]);
    expect(Object.fromEntries(form)).toMatchObject({
      To: '+15551230002',
      From: '+15551230001',
      Url: order.answerUrl,
      Timeout: '30',
      TimeLimit: '660',
      MachineDetection: 'DetectMessageEnd',
      AsyncAmd: 'true',
      AsyncAmdStatusCallback: 'https://h.example.com/amd/1',
    });
  });

  it('is JSON with a command id for Telnyx', () => {
    const call = carrierKits.telnyx.rest.createCall(account, {
      ...order,
      timeLimitSeconds: 99_999,
    });
    expect(call).toMatchObject({
      url: 'http://sandbox:9/v2/calls',
      headers: { authorization: 'Bearer s:t' },
    });
    expect(bodyOf(call.body)).toMatchObject({
      connection_id: 'AC1',
      command_id: 'call-1',
      client_state: Buffer.from('call-1').toString('base64'),
      answering_machine_detection: 'premium',
      time_limit_secs: 14_400,
    });
  });

  it('is JSON without a plus for Plivo and Vobiz', () => {
    const plivo = carrierKits.plivo.rest.createCall(account, order);
    const vobiz = carrierKits.vobiz.rest.createCall(account, order);
    expect(plivo.url).toBe('http://sandbox:9/v1/Account/AC1/Call/');
    expect(plivo.headers['authorization']).toBe(basic);
    expect(vobiz.url).toBe('http://sandbox:9/api/v1/Account/AC1/Call/');
    expect(vobiz.headers).toMatchObject({ 'X-Auth-ID': 'AC1', 'X-Auth-Token': 's:t' });
    for (const call of [plivo, vobiz]) {
      expect(bodyOf(call.body)).toMatchObject({
        to: '15551230002',
        from: '15551230001',
        machine_detection: 'true',
        time_limit: 660,
      });
    }
  });

  it.each(carriers)('lets %s dial one number only, and no path but its own', (carrier) => {
    const { rest } = carrierKits[carrier];
    for (const to of ['+15551230002<15551230003', '15551230002', '+1555 1230002', '']) {
      expect(() => rest.createCall(account, { ...order, to })).toThrow('request.invalid');
    }
    for (const id of ['..', '.', '', 'a b', 'a?b']) {
      expect(() => rest.hangUp(account, id)).toThrow('request.invalid');
    }
    expect(rest.hangUp(account, '../x').url).toContain('..%2Fx');
  });
});

describe('commands', () => {
  it('hang up', () => {
    const urls = carriers.map((carrier) => {
      const { method, url, body } = carrierKits[carrier].rest.hangUp(account, 'c1');
      return `${method} ${url.replace(account.baseUrl, '')} ${body}`;
    });
    expect(urls).toEqual([
      'POST /2010-04-01/Accounts/AC1/Calls/c1.json Status=completed',
      'POST /v2/calls/c1/actions/hangup {"command_id":"hangup"}',
      'DELETE /v1/Account/AC1/Call/c1/ ',
      'DELETE /api/v1/Account/AC1/Call/c1/ ',
    ]);
  });

  it('send digits where that leaves the stream alone', () => {
    const digits = { carrierCallId: 'c1', digits: '1w2#', commandId: 'd1' };
    const calls = carriers.map((carrier) => carrierKits[carrier].rest.sendDigits(account, digits));
    expect(calls.map((call) => call && bodyOf(call.body))).toEqual([
      null,
      { command_id: 'd1', digits: '1w2#' },
      { digits: '1w2#', leg: 'aleg' },
      null,
    ]);
    const bad = { ...digits, digits: '<1>' };
    expect(() => carrierKits.telnyx.rest.sendDigits(account, bad)).toThrow('request.invalid');
  });

  it('move a leg by a document or by a command', () => {
    const [twilio, telnyx, plivo, vobiz] = carriers.map((carrier) =>
      carrierKits[carrier].rest.move(account, move),
    );
    expect(Object.fromEntries(new URLSearchParams(twilio?.body))).toEqual({
      Url: move.documentUrl,
      Method: 'POST',
    });
    expect(telnyx?.url).toContain('/v2/calls/c1/actions/bridge');
    expect(bodyOf(telnyx?.body ?? '')).toEqual({ command_id: 'x1', call_control_id: 'c2' });
    expect(plivo?.body).toBe(vobiz?.body);
    expect(bodyOf(plivo?.body ?? '')).toMatchObject({ legs: 'aleg', aleg_url: move.documentUrl });
  });

  it('tell Telnyx what others read from a document', () => {
    const rest = new TelnyxRest();
    const command = { carrierCallId: 'v3:c1', commandId: 's1' };
    const stream = {
      url: 'wss://h.example.com/media/1',
      token: 'tok',
      parameters: { a: '1' },
      timeLimitSeconds: 60,
    };
    const call = rest.startStream(account, command, stream);
    expect(call.url).toBe('http://sandbox:9/v2/calls/v3%3Ac1/actions/streaming_start');
    expect(bodyOf(call.body)).toMatchObject({
      stream_bidirectional_mode: 'rtp',
      stream_bidirectional_codec: 'PCMU',
      custom_parameters: [
        { name: 'a', value: '1' },
        { name: 'token', value: 'tok' },
      ],
    });
    expect(rest.answer(account, command).url).toContain('/actions/answer');
    expect(bodyOf(rest.reject(account, command).body)).toMatchObject({ cause: 'USER_BUSY' });
    const said = rest.hear(account, command, { text: 'Press 1.', language: 'en' });
    expect(said.url).toContain('/actions/gather_using_speak');
    expect(bodyOf(said.body)).toMatchObject({
      ...{ payload: 'Press 1.', language: 'en-US', maximum_digits: 1, maximum_tries: 2 },
    });
    const limit = new TwilioRest().limitDuration(account, 'CA1', 660);
    expect(limit.body).toBe('TimeLimit=660');
    const told = carriers.filter((carrier) => {
      const { answers, rest: own } = carrierKits[carrier];
      return answers.limitsDuration || own.limitDuration(account, 'c1', 660) !== null;
    });
    expect(told).toEqual(['twilio', 'plivo', 'vobiz']);
  });
});

describe('readCreate', () => {
  const accepted = {
    twilio: { status: 201, body: '{"sid":"id1","status":"queued"}' },
    telnyx: { status: 200, body: '{"data":{"call_control_id":"id1"}}' },
    plivo: { status: 201, body: '{"message":"call fired","request_uuid":"id1"}' },
    vobiz: { status: 200, body: '{"message":"Call fired","request_uuid":["id1"]}' },
  };

  it.each(carriers)('knows what %s accepted', (carrier) => {
    const { rest } = carrierKits[carrier];
    expect(rest.readCreate(accepted[carrier])).toEqual({ kind: 'accepted', carrierCallId: 'id1' });
    for (const body of ['', '{', '[]', '{}', '{"sid":7}']) {
      expect(rest.readCreate({ status: 201, body })).toEqual({ kind: 'unknown' });
    }
  });

  it.each(carriers)('of %s never calls an undecided dial rejected', (carrier) => {
    const { rest } = carrierKits[carrier];
    const replies = [408, 500, 502, 503, 504].map((status) => ({ status, body: '{}' }));
    for (const reply of ['timeout' as const, ...replies]) {
      expect(rest.readCreate(reply)).toEqual({ kind: 'unknown' });
      expect(rest.readCommand(reply)).toEqual({ kind: 'unknown' });
    }
  });

  it.each([
    ['twilio', 401, '{"code":20003}', 'credential', '20003'],
    ['twilio', 400, '{"code":21211}', 'destination', '21211'],
    ['twilio', 400, '{"code":21215}', 'permission', '21215'],
    ['twilio', 400, 'oops', 'request', null],
    ['telnyx', 403, '{"errors":[{"code":"D38"}]}', 'permission', 'D38'],
    ['telnyx', 422, '{"errors":[]}', 'request', null],
    ['plivo', 402, '{}', 'payment', null],
    ['vobiz', 404, '{}', 'not-found', null],
  ] as const)('of %s reads %d %s as %s', (carrier, status, body, reason, carrierCode) => {
    expect(carrierKits[carrier].rest.readCreate({ status, body })).toEqual({
      kind: 'rejected',
      definite: true,
      reason,
      carrierCode,
      retryAfterMs: null,
    });
  });

  it('reads when to come back', () => {
    const { rest } = carrierKits.vobiz;
    const body = '{"details":{"limitType":"cps","retryAfter":2}}';
    expect(rest.readCreate({ status: 429, body })).toMatchObject({
      reason: 'rate',
      retryAfterMs: 2_000,
    });
    expect(rest.readCreate({ status: 429, body, retryAfter: '7' })).toMatchObject({
      retryAfterMs: 7_000,
    });
  });
});

describe('readCommand', () => {
  it('takes a call that is gone for hung up', () => {
    const gone = { kind: 'gone' };
    const read = (carrier: 'twilio' | 'telnyx' | 'plivo', status: number, body: string) =>
      carrierKits[carrier].rest.readCommand({ status, body });
    expect(read('twilio', 404, '{"code":20404}')).toEqual(gone);
    expect(read('twilio', 400, '{"code":21220}')).toEqual(gone);
    expect(read('telnyx', 422, '{"errors":[{"code":"90018"}]}')).toEqual(gone);
    expect(read('plivo', 204, '')).toEqual({ kind: 'done' });
    expect(read('plivo', 401, '{}')).toEqual({
      kind: 'rejected',
      reason: 'credential',
      carrierCode: null,
    });
  });
});
