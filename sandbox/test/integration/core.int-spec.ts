import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { z } from 'zod';
import { WebSocket } from 'ws';
import type { Desk } from '../../src/core/desk.js';
import { faultsOf } from '../../src/core/faults.js';
import { Outlet } from '../../src/core/outlet.js';
import type { Handshake } from '../../src/core/sockets.js';
import type { StandIn } from '../../src/core/stand-in.js';
import { startSandbox, type Sandbox } from '../../src/start-sandbox.js';
import { speech } from '../../src/speech/speak.js';
import { writeWav } from '../../src/speech/wav.js';
import { counted, told, until } from '../told.js';

const connectDelayMs = 60;

/** Echoes over HTTP and over a WebSocket. */
function echoing(desk: Desk): StandIn {
  return {
    name: 'echo',
    faults: faultsOf(['late', 'stall-in-middle']),
    async request({ path, response, body }) {
      if (path !== '/it') return false;
      response.end(await body());
      return true;
    },
    upgrade(...[knock, socket, head]) {
      void echo(desk, { request: knock, socket, head });
    },
    control: (order) =>
      Promise.resolve(
        order.path === '/twice' ? z.object({ n: z.int() }).parse(order.body).n * 2 : undefined,
      ),
  };
}

async function echo(desk: Desk, handshake: Handshake): Promise<void> {
  const webSocket = await desk.sockets.accept('echo', handshake);
  const fault = desk.faults.take({ provider: 'echo', kinds: ['late', 'stall-in-middle'] });
  const outlet = new Outlet(webSocket, fault);
  webSocket.on('message', (data) => outlet.send(String(data)));
}

describe('the core of the sandbox', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    const { utteranceOrders } = await import('../../src/speech/utterance-orders.js');
    const settings = { host: '127.0.0.1', port: 0, connectDelayMs };
    sandbox = await startSandbox(settings, [echoing, utteranceOrders]);
  });
  afterAll(() => sandbox.close());

  const post = (agent: Agent, path: string, body: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const sent = request(`${sandbox.url}${path}`, { agent, method: 'POST' }, (response) => {
        response.resume().once('end', () => resolve(response));
      });
      sent.once('error', reject).end(body);
    });

  it('makes a new connection wait, not one that is there, and gives no hint how long it stays', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = (await counted(sandbox, 'echo'))['connectionsOpened'] ?? 0;
    const tookMs: number[] = [];
    for (const _ of [1, 2]) {
      const startedMs = performance.now();
      const { headers, statusCode } = await post(agent, '/echo/it', 'hello');
      tookMs.push(performance.now() - startedMs);
      expect([statusCode, headers['keep-alive'], headers.connection]).toEqual([
        200,
        undefined,
        undefined,
      ]);
    }
    expect(tookMs[0]).toBeGreaterThan(connectDelayMs - 5);
    expect(tookMs[1]).toBeLessThan(tookMs[0] ?? 0);
    expect((await counted(sandbox, 'echo'))['connectionsOpened']).toBe(before + 1);
    agent.destroy();
  });

  it('answers 413 to what is too large, 404 to what is nobody’s, and survives what is no HTTP', async () => {
    const agent = new Agent();
    expect((await post(agent, '/echo/it', 'x'.repeat(9_000_000))).statusCode).toBe(413);
    expect((await post(agent, '/nobody/it', '')).statusCode).toBe(404);
    expect((await post(agent, '/echo/other', '')).statusCode).toBe(404);
    const garbage = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
    garbage.end('\u0000\u0001 garbage\r\n\r\n').resume();
    await once(garbage, 'close');
    expect((await post(agent, '/echo/it', 'still there')).statusCode).toBe(200);
  });

  it('counts open sockets and acts out what is ordered for their messages', async () => {
    const { body } = await told(sandbox, '', {
      provider: 'echo',
      fault: { kind: 'stall-in-middle', afterMessages: 1 },
      times: 1,
    });
    expect(body['provider']).toBe('echo');
    const socket = new WebSocket(`${sandbox.url}/echo/`);
    const heard: string[] = [];
    socket.on('message', (data) => heard.push(String(data)));
    await once(socket, 'open');
    for (const each of ['a', 'b']) socket.send(each);
    await until(() => heard.length > 0);
    expect((await counted(sandbox, 'echo'))['openSockets']).toBe(1);
    socket.close();
    await until(async () => (await counted(sandbox, 'echo'))['openSockets'] === 0);
    expect(heard).toEqual(['a']);
  });

  it('refuses upgrades that nobody takes', async () => {
    const socket = new WebSocket(`${sandbox.url}/nobody/`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('404');
  });

  it('hands orders to the stand-in they are for and refuses what it does not understand', async () => {
    expect((await told(sandbox, '/echo/twice', { n: 4 })).body).toBe(8);
    expect((await told(sandbox, '/echo/twice', { n: 'x' })).status).toBe(400);
    expect((await told(sandbox, '/echo/thrice', { n: 4 })).status).toBe(404);
    const wrong = { provider: 'echo', fault: { kind: 'slow', delayMs: 1 } };
    expect((await told(sandbox, '', wrong)).status).toBe(400);
  });

  it('goes back to normal', async () => {
    await told(sandbox, '', { provider: 'echo', fault: { kind: 'late', delayMs: 60_000 } });
    await told(sandbox, '/utterances', { text: 'Yes.' });
    await fetch(`${sandbox.url}/__control`, {
      method: 'DELETE',
      signal: AbortSignal.timeout(5000),
    });
    expect((await told(sandbox, '/utterances')).body).toEqual({ texts: [] });
    const socket = new WebSocket(`${sandbox.url}/echo/`);
    await once(socket, 'open');
    socket.send('at once');
    expect(String((await once(socket, 'message'))[0])).toBe('at once');
    socket.close();
  });

  it('learns utterances as text or as a WAV and refuses silence', async () => {
    const { samples } = speech('Good morning.', { rateHz: 16_000 });
    const wav = writeWav({ rateHz: 16_000, channels: 1, samples });
    const silence = writeWav({ rateHz: 8000, channels: 1, samples: new Int16Array(800) });
    const order = [{ text: 'Yes.' }, { text: 'Good morning.', audio: wav.toString('base64') }];
    expect((await told(sandbox, '/utterances', order)).status).toBe(200);
    expect((await told(sandbox, '/utterances')).body).toEqual({ texts: ['Yes.', 'Good morning.'] });
    for (const audio of [silence.toString('base64'), 'AAAA', '!']) {
      expect((await told(sandbox, '/utterances', { text: 'x', audio })).status).toBe(400);
    }
  });

  it('tells how late its own loop is', async () => {
    const { body } = await told(sandbox, '/loop?reset=true');
    expect(Object.keys(body)).toEqual(['p50Ms', 'p99Ms', 'maxMs', 'samples']);
    expect(Object.values(body).every((value) => Number.isFinite(value))).toBe(true);
  });
});
