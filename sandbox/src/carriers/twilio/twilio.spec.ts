import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import { audibleFrame, startBench, until, type CarrierBench } from '../../../test/carrier-bench.js';

const token = 'secret-1';
const account = 'AC1';
let bench: CarrierBench;

beforeEach(async () => {
  bench = await startBench();
  await bench.control('/carriers/accounts', {
    carrier: 'twilio',
    accountId: account,
    secret: token,
    webhookBaseUrl: bench.platform.url,
  });
});
afterEach(() => bench.stop());

const streamTo = (url: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="${url}" statusCallback="${url.replace('ws', 'http')}/stream-status"><Parameter name="token" value="t&amp;1"/></Stream></Connect></Response>`;

async function post(path: string, form: Record<string, string> | [string, string][], key = token) {
  const response = await fetch(
    `${bench.sandbox.url}/twilio/2010-04-01/Accounts/${account}/Calls${path}`,
    {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${account}:${key}`).toString('base64')}` },
      body: new URLSearchParams(form),
    },
  );
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

const createForm = (): [string, string][] => [
  ['To', '+15550001111'],
  ['From', '+15550002222'],
  ['Url', `${bench.platform.url}/webhooks/twilio/AC1/calls/c1/answer`],
  ['StatusCallback', `${bench.platform.url}/webhooks/twilio/AC1/calls/c1/status`],
  ...['initiated', 'ringing', 'answered', 'completed'].map((event): [string, string] => [
    'StatusCallbackEvent',
    event,
  ]),
];

const isSigned = (asked: { headers: Record<string, unknown>; url: string; body: string }) =>
  twilio.validateRequest(
    token,
    String(asked.headers['x-twilio-signature']),
    asked.url,
    Object.fromEntries(new URLSearchParams(asked.body)),
  );

describe('Twilio, as the sandbox plays it', () => {
  it('carries a call in: signed webhook, signed socket, audio, marks and a farewell', async () => {
    const { platform } = bench;
    platform.answer = ({ path }) =>
      path.endsWith('/answer') ? { body: streamTo(`${platform.wsUrl}/media/a1`) } : {};
    let hasHeard = false;
    platform.onMessage = ({ socket, received }, { event, streamSid, media }) => {
      const { payload: heard } = (media ?? {}) as { payload?: string };
      if (event === 'media' && heard?.startsWith('////') === false) hasHeard = true;
      if (event !== 'media' || !hasHeard || !heard?.startsWith('////')) return;
      if (received.some((message) => message['event'] === 'mark')) return;
      const payload = audibleFrame.toString('base64');
      socket.send(JSON.stringify({ event: 'media', streamSid, media: { payload } }));
      socket.send(JSON.stringify({ event: 'mark', streamSid, mark: { name: 'm' } }));
    };
    const { id } = await bench.control('/carriers/ring', {
      carrier: 'twilio',
      accountId: account,
      from: '+15550003333',
      to: '+15550004444',
      caller: {
        steps: [
          { say: 'hello' },
          { waitForAgent: { quietMs: 200 } },
          { dtmf: '1' },
          { silence: 100 },
          { hangUp: true },
        ],
      },
    });
    const call = await bench.call(String(id));
    expect(call).toMatchObject({ outcome: 'completed', endedBy: 'person' });
    expect(call.notes.filter(({ what }) => !what.startsWith('stream ended'))).toEqual([]);
    expect(call.report.turns).toEqual([
      { said: 'hello', speechEndedAtMs: expect.any(Number), voiceToVoiceMs: expect.any(Number) },
    ]);
    const [line] = platform.lines;
    const events = line?.received.map((message) => message['event']) ?? [];
    expect(events.slice(0, 3)).toEqual(['connected', 'start', 'media']);
    expect(events.at(-1)).toBe('stop');
    expect(new Set(events)).toEqual(
      new Set(['connected', 'start', 'media', 'mark', 'dtmf', 'stop']),
    );
    expect(line?.received[1]).toMatchObject({
      sequenceNumber: '1',
      start: { accountSid: account, callSid: id, customParameters: { token: 't&1' } },
    });
    expect(line && isSigned({ ...line, body: '' })).toBe(true);
    expect(platform.asked.map(isSigned)).not.toContain(false);
    expect(platform.forms('/answer')).toEqual([
      expect.objectContaining({ CallSid: id, CallStatus: 'ringing', Direction: 'inbound' }),
    ]);
    expect(platform.forms('/AC1/status')).toEqual([
      expect.objectContaining({ CallStatus: 'completed', CallDuration: '1' }),
    ]);
    const streamNews = platform.forms('stream-status').map((form) => form['StreamEvent']);
    expect(streamNews).toEqual(['stream-started', 'stream-stopped']);
  });

  it('dials out and tells every step until REST hangs up', async () => {
    const { platform } = bench;
    await bench.control('/carriers/callees', { ringAfterMs: 0, answerAfterMs: 50 });
    platform.answer = ({ path }) =>
      path.endsWith('/answer') ? { body: streamTo(`${platform.wsUrl}/media/a1`) } : {};
    const { status, body } = await post('.json', createForm());
    expect([status, body['status']]).toEqual([201, 'queued']);
    await until(() => platform.lines[0]?.received.length, 'the audio');
    const sid = body['sid'] ?? '';
    expect((await post(`/${sid}.json`, { Status: 'completed' })).status).toBe(200);
    const call = await bench.call(sid);
    expect(call).toMatchObject({ outcome: 'completed', endedBy: 'api' });
    const steps = platform.forms('/status').map((form) => form['CallStatus']);
    expect(steps.filter(Boolean)).toEqual(['initiated', 'ringing', 'in-progress', 'completed']);
    expect(await bench.control('/carriers/ledger')).toMatchObject({
      entries: [
        { command: 'create', key: 'c1', callId: sid, isAccepted: true },
        { command: 'hang-up', callId: sid },
      ],
    });
  });

  it.each([
    ['busy', 'busy', '486'],
    ['no-answer', 'no-answer', '487'],
    ['failed', 'failed', '404'],
    ['rejected', 'busy', '603'],
  ])('tells that a callee is %s', async (outcome, status, sip) => {
    await bench.control('/carriers/callees', { outcome, ringAfterMs: 0, answerAfterMs: 0 });
    const created = await post('.json', [...createForm(), ['Timeout', '1']]);
    const call = await bench.call(created.body['sid'] ?? '');
    expect(call.report).toBeNull();
    const last = bench.platform.forms('/status').at(-1);
    expect(last).toMatchObject({ CallStatus: status, CallDuration: '0', SipResponseCode: sip });
  });

  it('refuses bad keys, bad numbers, unknown calls and too many at once', async () => {
    expect((await post('.json', createForm(), 'wrong')).body).toMatchObject({ code: 20_003 });
    const invalid = await post('.json', { To: '+15005550001', From: '+15550002222', Url: 'x' });
    expect([invalid.status, invalid.body['code']]).toEqual([400, 21_211]);
    expect((await post('/CA404.json', { Status: 'completed' })).body).toMatchObject({
      code: 20_404,
    });
    const order = { provider: 'twilio', fault: { kind: 'rate-limit' }, times: 1 };
    await bench.control('', order);
    expect((await post('.json', createForm())).body).toMatchObject({ code: 20_429 });
  });

  it('echoes the marks that a clear overtook', async () => {
    const { platform } = bench;
    platform.answer = () => ({ body: streamTo(`${platform.wsUrl}/media/a1`) });
    platform.onMessage = ({ socket, received }, { event, streamSid }) => {
      if (event !== 'media' || received.length !== 3) return;
      const payload = Buffer.alloc(8_000, 0x10).toString('base64');
      socket.send(JSON.stringify({ event: 'media', streamSid, media: { payload } }));
      socket.send(JSON.stringify({ event: 'mark', streamSid, mark: { name: 'far' } }));
      socket.send(JSON.stringify({ event: 'clear', streamSid }));
    };
    await bench.control('/carriers/ring', {
      carrier: 'twilio',
      accountId: account,
      from: '+15550003333',
      to: '+15550004444',
      caller: { steps: [{ silence: 5_000 }] },
    });
    const mark = await until(
      () => platform.lines[0]?.received.find(({ event }) => event === 'mark'),
      'the mark',
    );
    expect(mark).toMatchObject({ mark: { name: 'far' } });
  });
});
