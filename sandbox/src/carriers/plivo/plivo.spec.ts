import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import plivo from 'plivo';
import { startBench, until, type CarrierBench } from '../../../test/carrier-bench.js';
import type { Asked } from '../../../test/fake-platform.js';
import { signVobiz } from '../signing.js';

const token = 'secret-2';
let bench: CarrierBench;

beforeEach(async () => {
  bench = await startBench();
  for (const carrier of ['plivo', 'vobiz']) {
    await bench.control('/carriers/accounts', {
      carrier,
      accountId: 'MA1',
      secret: token,
      webhookBaseUrl: bench.platform.url,
    });
  }
  await bench.control('/carriers/callees', { ringAfterMs: 0, answerAfterMs: 20 });
});
afterEach(() => bench.stop());

const stream = (attributes: string) =>
  `<Response><Stream bidirectional="true" keepCallAlive="true" audioTrack="inbound" contentType="audio/x-mulaw;rate=8000" ${attributes}>${bench.platform.wsUrl}/media/p1</Stream></Response>`;

type Carrier = 'plivo' | 'vobiz';
const prefix = { plivo: '/v1', vobiz: '/api/v1' };

async function rest(carrier: Carrier, tail: string, how: { method?: string; body?: object } = {}) {
  const basic = Buffer.from(`MA1:${token}`).toString('base64');
  const headers: Record<string, string> =
    carrier === 'plivo'
      ? { authorization: `Basic ${basic}` }
      : { 'x-auth-id': 'MA1', 'x-auth-token': token };
  const url = `${bench.sandbox.url}/${carrier}${prefix[carrier]}/Account/MA1/Call${tail}`;
  const response = await fetch(url, {
    method: how.method ?? 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    ...(how.body ? { body: JSON.stringify(how.body) } : {}),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, string>,
  };
}

async function create(carrier: Carrier): Promise<string> {
  const base = `${bench.platform.url}/webhooks/${carrier}/MA1/calls/c1`;
  const { status, body } = await rest(carrier, '/', {
    body: {
      from: '15550002222',
      to: '15550001111',
      answer_url: `${base}/answer`,
      hangup_url: `${base}/status`,
      ring_url: `${base}/status`,
      machine_detection: 'true',
      machine_detection_url: `${base}/amd`,
    },
  });
  expect(status).toBe(201);
  return body['request_uuid'] ?? '';
}

const isPlivos = (asked: Asked): boolean =>
  Boolean(
    plivo.validateV3Signature(
      'POST',
      asked.url,
      String(asked.headers['x-plivo-signature-v3-nonce']),
      token,
      String(asked.headers['x-plivo-signature-v3']),
      Object.fromEntries(new URLSearchParams(asked.body)),
    ),
  );

function isVobizs(asked: Asked): boolean {
  const nonce = String(asked.headers['x-vobiz-signature-v3-nonce']);
  const signed = signVobiz({ url: asked.url }, token, nonce);
  return asked.headers['x-vobiz-signature-v3'] === signed['x-vobiz-signature-v3'];
}

describe('Plivo, as the sandbox plays it', () => {
  it('dials, asks for the document, streams, echoes checkpoints and says how it ended', async () => {
    const { platform } = bench;
    const status = `statusCallbackUrl="${platform.url}/stream"`;
    platform.answer = ({ path }) =>
      path.endsWith('/answer') ? { body: stream(`extraHeaders="token=t%2F1,a=b" ${status}`) } : {};
    platform.onMessage = ({ socket }, { event, start }) => {
      if (event !== 'start') return;
      const { streamId } = start as { streamId: string };
      const media = { contentType: 'audio/x-mulaw', sampleRate: 8000 };
      const payload = Buffer.alloc(160, 0x10).toString('base64');
      socket.send(JSON.stringify({ event: 'playAudio', media: { ...media, payload } }));
      socket.send(JSON.stringify({ event: 'checkpoint', streamId, name: 'm1' }));
    };
    const id = await create('plivo');
    const received = () => platform.lines[0]?.received ?? [];
    await until(() => received().find(({ event }) => event === 'playedStream'), 'the checkpoint');
    const { streamId } = (received()[0] ?? {})['start'] as { streamId: string };
    const line = platform.lines[0]?.socket;
    line?.send(JSON.stringify({ event: 'checkpoint', streamId, name: 'gone' }));
    line?.send(JSON.stringify({ event: 'clearAudio', streamId }));
    line?.send(JSON.stringify({ event: 'sendDTMF', dtmf: '12#' }));
    await until(() => received().find(({ event }) => event === 'clearedAudio'), 'the clearing');
    expect((await rest('plivo', `/${id}/DTMF/`, { body: { digits: '5' } })).status).toBe(202);
    expect((await rest('plivo', `/${id}/`, { method: 'DELETE' })).status).toBe(204);
    const call = await bench.call(id);
    expect(call).toMatchObject({ endedBy: 'api', heardDigits: '12#5' });
    expect(received()[0]).toMatchObject({
      event: 'start',
      sequenceNumber: 1,
      start: { callId: id, accountId: 'MA1', tracks: ['inbound'] },
      extra_headers: 'token=t%2F1;a=b',
    });
    expect(received().filter(({ name }) => name === 'gone')).toEqual([]);
    expect(platform.asked.map(isPlivos)).not.toContain(false);
    expect(platform.forms('/calls/c1/status')).toMatchObject([
      { Event: 'Ring', CallStatus: 'ringing', To: '15550001111' },
      { Event: 'Hangup', CallStatus: 'completed', HangupSource: 'API Request' },
    ]);
    expect(platform.forms('/stream').map(({ Event }) => Event)).toEqual([
      'StartStream',
      'StopStream',
    ]);
  });

  it('goes on with another document after a transfer', async () => {
    const { platform } = bench;
    platform.answer = ({ path }) => {
      if (path.endsWith('/answer')) return { body: stream('') };
      const dial = '<Response><Dial callerId="1"><Number>15550009999</Number></Dial></Response>';
      return path.endsWith('/transfer') ? { body: dial } : {};
    };
    const id = await create('plivo');
    await until(() => platform.lines[0]?.received.length, 'the audio');
    const body = { legs: 'aleg', aleg_url: `${platform.url}/transfer` };
    expect((await rest('plivo', `/${id}/`, { body })).status).toBe(202);
    const notes = async () =>
      (await bench.control(`/carriers/calls/${id}`)) as unknown as { notes: { what: string }[] };
    const deadline = Date.now() + 10_000;
    while (!(await notes()).notes.some(({ what }) => what === 'bridged to +15550009999')) {
      expect(Date.now()).toBeLessThan(deadline);
    }
    expect(platform.lines[0]?.closedWith).toBe(1000);
    await rest('plivo', `/${id}/`, { method: 'DELETE' });
  });
});

describe('Vobiz, as the sandbox plays it', () => {
  it('comes back with a new stream after a dropped socket, and has no stop', async () => {
    const { platform } = bench;
    platform.answer = ({ path }) =>
      path.endsWith('/answer') ? { body: stream('maxRetries="3" extraHeaders="token=x"') } : {};
    await bench.control('', { provider: 'vobiz', fault: { kind: 'drop', afterMs: 60 }, times: 1 });
    const id = await create('vobiz');
    await until(() => platform.lines[1]?.received.length, 'the second socket');
    await rest('vobiz', `/${id}/`, { method: 'DELETE' });
    await bench.call(id);
    const starts = platform.lines.map(({ received }) => received[0]);
    expect(starts).toMatchObject([
      { event: 'start', sequenceNumber: 0, extra_headers: '{}', start: { callId: id } },
      { event: 'start', sequenceNumber: 0, start: { callId: id } },
    ]);
    const ids = starts.map((start) => ((start ?? {})['start'] as { streamId: string }).streamId);
    expect(new Set(ids).size).toBe(2);
    const events = platform.lines.flatMap(({ received }) => received.map(({ event }) => event));
    expect(events).not.toContain('stop');
    expect(platform.asked.map(isVobizs)).not.toContain(false);
  });

  it('wants its paths spelt exactly and tells no more than a wrong key would', async () => {
    expect((await rest('vobiz', '', { body: {} })).status).toBe(401);
    expect((await rest('vobiz', '/', { body: {} })).status).toBe(400);
    expect((await rest('vobiz', '/none/', { method: 'DELETE' })).status).toBe(404);
  });

  it.each([
    ['<Nonsense/>', 'the verb <Nonsense> is not simulated'],
    ['<Stream>ws://h/x</Stream>', 'a stream of audio/x-l16;rate=8000 is not simulated'],
  ])('ends a call whose answer is %s', async (verb, reason) => {
    bench.platform.answer = () => ({ body: `<Response>${verb}</Response>` });
    const call = await bench.call(await create('vobiz'));
    expect(call).toMatchObject({ outcome: 'failed', endedBy: 'carrier' });
    expect(call.notes.map(({ what }) => what)).toEqual([`answer document refused: ${reason}`]);
  });
});
