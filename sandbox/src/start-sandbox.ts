import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Connections } from './core/connections.js';
import { Control } from './core/control.js';
import { Counters } from './core/counters.js';
import type { Desk } from './core/desk.js';
import { FaultBook } from './core/faults.js';
import { LoopDelay } from './core/loop-delay.js';
import { Router } from './core/router.js';
import { Sockets } from './core/sockets.js';
import { Stamps } from './core/stamps.js';
import { Moods } from './moods.js';
import type { SandboxSettings } from './settings.js';
import { UtteranceBank } from './speech/utterance-bank.js';
import { standIns } from './stand-ins.js';

export interface Sandbox {
  readonly url: string;
  close(): Promise<void>;
}

const DRAIN_MS = 2000;
/** Longer than any test pauses; never told to the caller, as no vendor tells it. */
const KEEP_ALIVE_MS = 60_000;

/** Every vendor behind one port, each under its own prefix. */
export async function startSandbox(
  settings: SandboxSettings,
  factories = standIns,
): Promise<Sandbox> {
  const counters = new Counters();
  const sockets = new Sockets(counters);
  const desk: Desk = {
    counters,
    sockets,
    faults: new FaultBook(),
    stamps: new Stamps(),
    utterances: new UtteranceBank(),
  };
  const moods = new Moods();
  const loop = new LoopDelay();
  const byName = new Map(
    factories.map((make) => make(desk)).map((standIn) => [standIn.name, standIn]),
  );
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS });
  const delayMs = settings.connectDelayMs ?? 0;
  const connections = new Connections(server, { delayMs, counters });
  const control = new Control({ desk, moods, standIns: byName, loop });
  const router = new Router({ desk, moods, connections, control, standIns: byName });
  listenTo(server, router);
  server.listen(settings.port, settings.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    await Promise.all([...byName.values()].map(async (standIn) => standIn.close?.()));
    loop.close();
    sockets.close();
    await closeServer(server, connections);
  };
  return { url: `http://${settings.host}:${port}`, close };
}

function listenTo(server: Server, router: Router): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // Without the header there is no hint either of how long the connection is kept.
    response.removeHeader('connection');
    void router.request(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    void router.upgrade({ request, socket, head });
  });
}

async function closeServer(server: Server, connections: Connections): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => connections.destroyAll(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}
