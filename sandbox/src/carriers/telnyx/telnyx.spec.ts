import { createPublicKey, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startBench, until, type CarrierBench } from '../../../test/carrier-bench.js';
import type { Asked } from '../../../test/fake-platform.js';
import { keyFromSeed } from '../signing.js';

const connection = '1234';
const seed = Buffer.alloc(32, 9).toString('base64');
let bench: CarrierBench;

beforeEach(async () => {
  bench = await startBench();
  await bench.control('/carriers/accounts', {
    carrier: 'telnyx',
    accountId: connection,
    secret: 'KEY-1',
    signingSeed: seed,
    webhookBaseUrl: bench.platform.url,
  });
});
afterEach(() => bench.stop());

interface Event {
  readonly data: {
    readonly id: string;
    readonly event_type: string;
    readonly payload: Readonly<Record<string, string>>;
  };
}

const events = (): Event[] => bench.platform.asked.map((one) => JSON.parse(one.body) as Event);
const types = (): string[] => events().map(({ data }) => data.event_type);

async function rest(path: string, body: object, key = 'KEY-1') {
  const response = await fetch(`${bench.sandbox.url}/telnyx/v2/calls${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function isSigned({ headers, body }: Asked): boolean {
  const text = Buffer.from(`${String(headers['telnyx-timestamp'])}|${body}`);
  const signature = Buffer.from(String(headers['telnyx-signature-ed25519']), 'base64');
  return verify(null, text, createPublicKey(keyFromSeed(seed)), signature);
}

const streamOrder = () => ({
  stream_url: `${bench.platform.wsUrl}/media/t1`,
  stream_track: 'inbound_track',
  stream_codec: 'PCMU',
  stream_bidirectional_mode: 'rtp',
  stream_bidirectional_codec: 'PCMU',
  custom_parameters: [{ name: 'token', value: 'tok' }],
});
const createOrder = (commandId: string) => ({
  connection_id: connection,
  to: '+15550001111',
  from: '+15550002222',
  command_id: commandId,
  client_state: Buffer.from(commandId).toString('base64'),
  webhook_url: `${bench.platform.url}/webhooks/telnyx/1234/calls/c1/status`,
  answering_machine_detection: 'premium',
});

async function create(commandId: string): Promise<string> {
  const created = await rest('', createOrder(commandId));
  const { data } = created.body as { data: { call_control_id: string } };
  return data.call_control_id;
}

describe('Telnyx, as the sandbox plays it', () => {
  it('takes answer and streaming_start as commands and opens the socket', async () => {
    const caller = { steps: [{ say: 'hello' }, { silence: 200 }, { hangUp: true }] };
    const ring = { carrier: 'telnyx', accountId: connection, from: '+15550003333' };
    const { id } = await bench.control('/carriers/ring', { ...ring, to: '+15550004444', caller });
    await until(() => types().includes('call.initiated'), 'the webhook');
    const path = `/${encodeURIComponent(String(id))}/actions`;
    expect((await rest(`${path}/streaming_start`, streamOrder())).status).toBe(422);
    expect((await rest(`${path}/answer`, { command_id: 'a' })).status).toBe(200);
    expect((await rest(`${path}/streaming_start`, streamOrder())).status).toBe(200);
    const call = await bench.call(String(id));
    expect(call).toMatchObject({ outcome: 'completed', endedBy: 'person' });
    expect(types()).toEqual([
      'call.initiated',
      'call.answered',
      'streaming.started',
      'streaming.stopped',
      'call.hangup',
    ]);
    expect(bench.platform.asked.map(isSigned)).not.toContain(false);
    const [line] = bench.platform.lines;
    expect(line?.received.slice(0, 3)).toMatchObject([
      { event: 'connected' },
      {
        event: 'start',
        start: { call_control_id: id, custom_parameters: { token: 'tok' } },
      },
      { event: 'media', media: { track: 'inbound', chunk: '1' } },
    ]);
    expect(line?.received.at(-1)).toMatchObject({ event: 'stop' });
    expect(events()[0]?.data.payload).toMatchObject({ direction: 'incoming', state: 'parked' });
  });

  it('creates one call per command id, detects machines and hangs up once', async () => {
    await bench.control('/carriers/callees', {
      ringAfterMs: 0,
      answerAfterMs: 0,
      machine: 'machine',
      detectAfterMs: 0,
      greetingEndsAfterMs: 50,
      script: { steps: [{ say: 'leave a message' }, { beep: 100 }] },
    });
    const id = await create('cmd-1');
    expect(await create('cmd-1')).toBe(id);
    await until(() => types().includes('call.machine.premium.greeting.ended'), 'the greeting');
    const path = `/${encodeURIComponent(id)}/actions/hangup`;
    expect((await rest(path, {})).status).toBe(200);
    await bench.call(id);
    expect((await rest(path, {})).body).toMatchObject({ errors: [{ code: '90018' }] });
    const news = events().map(({ data }) => [data.event_type, data.payload['result']]);
    expect(news).toContainEqual(['call.machine.premium.detection.ended', 'machine']);
    const hangup = events().find(({ data }) => data.event_type === 'call.hangup');
    expect(hangup?.data.payload).toMatchObject({
      hangup_cause: 'normal_clearing',
      hangup_source: 'caller',
      client_state: Buffer.from('cmd-1').toString('base64'),
    });
    const { entries } = await bench.control('/carriers/ledger');
    expect(entries).toMatchObject([
      { command: 'create', key: 'cmd-1' },
      { command: 'create-again', key: 'cmd-1' },
      { command: 'hangup' },
      { command: 'refused' },
    ]);
  });

  it.each([
    ['webhook-twice', ['call.initiated', 'call.initiated', 'call.hangup', 'call.hangup']],
    ['webhooks-shuffled', ['call.hangup', 'call.initiated']],
  ])('sends webhooks badly: %s', async (kind, expected) => {
    await bench.control('/carriers/callees', { outcome: 'busy', ringAfterMs: 0, answerAfterMs: 0 });
    await bench.control('', { provider: 'telnyx', fault: { kind } });
    await bench.call(await create('cmd-2'));
    expect(types()).toEqual(expected);
  });

  it.each([
    ['wrong', [false, false]],
    ['missing', [false, false]],
    ['replayed', [true, true, true, true]],
  ])('signs as it is told: %s', async (is, expected) => {
    await bench.control('/carriers/callees', { outcome: 'busy', ringAfterMs: 0, answerAfterMs: 0 });
    await bench.control('', { provider: 'telnyx', fault: { kind: 'signature', is } });
    await bench.call(await create('cmd-3'));
    const { asked } = bench.platform;
    expect(asked.map((one) => 'telnyx-timestamp' in one.headers && isSigned(one))).toEqual(
      expected,
    );
    const isRepeated =
      asked[1]?.headers['telnyx-timestamp'] !== undefined && asked[0]?.body === asked[1].body;
    expect(isRepeated).toBe(is === 'replayed');
  });

  it('sends media out of order when told to', async () => {
    await bench.control('/carriers/callees', { ringAfterMs: 0, answerAfterMs: 0 });
    await bench.control('', { provider: 'telnyx', fault: { kind: 'media-out-of-order' } });
    const id = await create('cmd-4');
    await until(() => types().includes('call.answered'), 'the answer');
    await rest(`/${encodeURIComponent(id)}/actions/streaming_start`, streamOrder());
    const chunks = () =>
      (bench.platform.lines[0]?.received ?? []).flatMap(({ media }) =>
        media ? [(media as { chunk: string }).chunk] : [],
      );
    await until(() => chunks().length >= 4, 'four frames');
    expect(chunks().slice(0, 4)).toEqual(['2', '1', '4', '3']);
  });

  it('opens the socket before the answer and closes it without start when nobody answers', async () => {
    await bench.control('/carriers/callees', { ringAfterMs: 0, answerAfterMs: 100 });
    const fault = { kind: 'open-before-answer' };
    await bench.control('', { provider: 'telnyx', fault });
    const ringing = await rest('', { ...createOrder('cmd-5'), ...streamOrder() });
    const { data } = ringing.body as { data: { call_control_id: string } };
    await until(() => bench.platform.lines[0], 'the early socket');
    expect(types()).not.toContain('call.answered');
    const events = (line: number) =>
      bench.platform.lines[line]?.received.map(({ event }) => event) ?? [];
    await until(() => events(0).includes('media'), 'the audio');
    expect(events(0).slice(0, 3)).toEqual(['connected', 'start', 'media']);
    await rest(`/${encodeURIComponent(data.call_control_id)}/actions/hangup`, {});
    await bench.control('/carriers/callees', { outcome: 'busy', ringAfterMs: 0 });
    await rest('', { ...createOrder('cmd-6'), ...streamOrder() });
    await until(() => bench.platform.lines[1]?.closedWith, 'the end of the second socket');
    expect(events(1)).toEqual(['connected']);
  });

  it('refuses keys, numbers and connections that are not there', async () => {
    expect((await rest('', createOrder('x'), 'bad')).status).toBe(401);
    expect((await rest('', { ...createOrder('x'), to: '12' })).body).toMatchObject({
      errors: [{ code: '10016' }],
    });
    expect((await rest('/v3%3Anone/actions/hangup', {})).status).toBe(404);
  });
});
