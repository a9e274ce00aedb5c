import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import { startBench, until, type CarrierBench } from '../../test/carrier-bench.js';

let bench: CarrierBench;

beforeEach(async () => {
  bench = await startBench();
  const account = { carrier: 'twilio', accountId: 'AC1', secret: 'tok' };
  await bench.control('/carriers/accounts', { ...account, webhookBaseUrl: bench.platform.url });
  await bench.control('/carriers/callees', { ringAfterMs: 0, answerAfterMs: 0 });
  const { platform } = bench;
  platform.answer = ({ path }) =>
    path.endsWith('/answer')
      ? { body: `<Response><Connect><Stream url="${platform.wsUrl}/m"/></Connect></Response>` }
      : {};
});
afterEach(() => bench.stop());

const order = (fault: object, more: object = {}) =>
  bench.control('', { provider: 'twilio', fault, times: 1, ...more });

function create(to = '+15550001111', signal = AbortSignal.timeout(10_000)) {
  const base = `${bench.platform.url}/webhooks/twilio/AC1/calls/c-${to.slice(1)}`;
  const events = ['initiated', 'ringing', 'answered', 'completed'];
  return fetch(`${bench.sandbox.url}/twilio/2010-04-01/Accounts/AC1/Calls.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('AC1:tok').toString('base64')}` },
    body: new URLSearchParams([
      ['To', to],
      ['From', '+15550002222'],
      ['Url', `${base}/answer`],
      ['StatusCallback', `${base}/status`],
      ...events.map((event) => ['StatusCallbackEvent', event]),
    ] as [string, string][]),
    signal,
  });
}

const ring = (caller: object) =>
  bench.control('/carriers/ring', {
    carrier: 'twilio',
    accountId: 'AC1',
    from: '+15550003333',
    to: '+15550004444',
    caller,
  });

const entries = async () => (await bench.control('/carriers/ledger'))['entries'];
const messages = () => bench.platform.lines[0]?.received ?? [];
const streamSid = () => String(messages()[1]?.['streamSid']);
const say = (message: object) =>
  bench.platform.lines[0]?.socket.send(JSON.stringify({ ...message, streamSid: streamSid() }));

describe('what carriers do wrong', () => {
  it('accepts a call and never says so', async () => {
    await order({ kind: 'timeout-after-accept' });
    await expect(create('+15550001111', AbortSignal.timeout(300))).rejects.toThrow('timeout');
    await until(() => bench.platform.forms('/status').length > 0, 'its webhooks');
    expect(await entries()).toMatchObject([
      { command: 'create', key: 'c-15550001111', status: 0, isAccepted: true },
    ]);
  });

  it('does not answer at all, and knows of no call', async () => {
    await order({ kind: 'stall' });
    await expect(create('+15550001111', AbortSignal.timeout(300))).rejects.toThrow('timeout');
    expect(await entries()).toEqual([]);
    expect((await bench.control('/carriers/calls'))['calls']).toEqual([]);
  });

  it.each([
    [{ kind: 'refuse', status: 400 }, 400],
    [{ kind: 'rate-limit' }, 429],
    [{ kind: 'server-error', status: 503 }, 503],
  ])('answers a create with %p', async (fault, status) => {
    await order(fault);
    expect((await create()).status).toBe(status);
    expect(await entries()).toMatchObject([{ command: 'refused', status, isAccepted: false }]);
    expect((await create()).status).toBe(201);
  });

  it('takes no more calls in a second than the account may make', async () => {
    const account = { carrier: 'twilio', accountId: 'AC1', secret: 'tok', callsPerSecond: 2 };
    await bench.control('/carriers/accounts', account);
    const statuses = await Promise.all(
      [create(), create(), create()].map(async (one) => (await one).status),
    );
    expect(statuses.toSorted()).toEqual([201, 201, 429]);
  });

  it('disturbs only the account or the number that it was told of', async () => {
    await order({ kind: 'rate-limit' }, { key: 'AC2' });
    await order({ kind: 'rate-limit' }, { match: '15550009999' });
    expect((await create()).status).toBe(201);
    expect((await create('+15550009999')).status).toBe(429);
  });

  it('mixes outcomes, each number always with the same', async () => {
    const mix = { busy: 1, failed: 1, 'no-answer': 0, answer: 0 };
    await bench.control('/carriers/callees', { mix, ringAfterMs: 0, answerAfterMs: 0 });
    const outcomeOf = async (to: string) => {
      const { sid } = (await (await create(to)).json()) as { sid: string };
      return (await bench.call(sid)).outcome;
    };
    const numbers = Array.from({ length: 12 }, (_, index) => `+1555000${1000 + index}`);
    const outcomes = await Promise.all(numbers.map(outcomeOf));
    expect(new Set(outcomes)).toEqual(new Set(['busy', 'failed']));
    expect(await Promise.all(numbers.map(outcomeOf))).toEqual(outcomes);
  });

  it('tells late what it has to tell', async () => {
    await bench.control('/carriers/callees', { outcome: 'busy', ringAfterMs: 0, answerAfterMs: 0 });
    await order({ kind: 'webhook-late', delayMs: 400 });
    const { sid } = (await (await create()).json()) as { sid: string };
    await bench.call(sid);
    const told = bench.platform.forms('/status').map(({ CallStatus }) => CallStatus);
    expect(told).toEqual(['ringing', 'busy', 'initiated']);
  });

  it('closes without a stop, and never echoes a mark', async () => {
    await order({ kind: 'close-without-stop' });
    await order({ kind: 'marks-never-echoed' });
    const { id } = await ring({ steps: [{ silence: 400 }, { hangUp: true }] });
    await until(() => messages().length > 2, 'the audio');
    say({ event: 'mark', mark: { name: 'm' } });
    say({ event: 'clear' });
    await bench.call(String(id));
    const events = new Set(messages().map(({ event }) => event));
    expect(events).toEqual(new Set(['connected', 'start', 'media']));
    expect(bench.platform.lines[0]?.closedWith).toBe(1000);
  });

  it('sends audio with jitter, twice, and loses the socket', async () => {
    await order({ kind: 'jitter', delayMs: 60 });
    await order({ kind: 'media-twice' });
    await order({ kind: 'drop', afterMs: 300 });
    const { id } = await ring({ steps: [] });
    const call = await bench.call(String(id));
    expect(bench.platform.lines[0]?.closedWith).toBe(1006);
    expect(call.notes.at(-1)?.what).toContain('ended by dropped');
    const sequences = messages().map(({ sequenceNumber }) => sequenceNumber);
    expect(sequences.length).toBeGreaterThan(new Set(sequences).size);
  });

  it.each([
    ['wrong', 1],
    ['missing', 0],
  ])('signs the handshake of the audio socket as it is told: %s', async (is, headers) => {
    await order({ kind: 'handshake-signature', is });
    await ring({ steps: [] });
    const line = await until(() => bench.platform.lines[0], 'the socket');
    const given = line.headers['x-twilio-signature'];
    expect(given === undefined ? 0 : 1).toBe(headers);
    expect(twilio.validateRequest('tok', String(given), line.url, {})).toBe(false);
  });

  it('hangs up when the platform closes the socket and the document has nothing more', async () => {
    const { id } = await ring({ steps: [] });
    await until(() => messages().length > 2, 'the audio');
    bench.platform.lines[0]?.socket.close(1000);
    expect(await bench.call(String(id))).toMatchObject({
      outcome: 'completed',
      endedBy: 'document',
    });
  });

  it('ends a call at its limit, also at one that REST has set', async () => {
    const { id } = await ring({ steps: [] });
    await until(() => messages().length > 2, 'the audio');
    const path = `/twilio/2010-04-01/Accounts/AC1/Calls/${String(id)}.json`;
    await fetch(`${bench.sandbox.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('AC1:tok').toString('base64')}` },
      body: new URLSearchParams({ TimeLimit: '1' }),
    });
    expect(await bench.call(String(id))).toMatchObject({
      outcome: 'time-limit',
      endedBy: 'carrier',
    });
  });

  it('refuses orders that it does not know', async () => {
    await expect(order({ kind: 'explode' })).rejects.toThrow('Invalid');
    await expect(ring({ steps: [{ sing: 'la' }] })).rejects.toThrow('Invalid');
    const nobody = {
      carrier: 'plivo',
      accountId: 'none',
      from: '+15550003333',
      to: '+15550004444',
    };
    await expect(
      bench.control('/carriers/ring', { ...nobody, caller: { steps: [] } }),
    ).rejects.toThrow('no such account');
  });
});
