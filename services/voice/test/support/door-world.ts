import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Admission, CallPlan } from '@trunkline/contracts';
import { systemClock } from '@trunkline/kernel';
import { Metrics } from '@trunkline/platform';
import { eventually } from '@trunkline/testing';
import { wireLimits } from '../../src/adapters/line/media-wire.js';
import { JoseStreamTokens } from '../../src/adapters/tokens/jose-stream-tokens.js';
import { CallDoor } from '../../src/app/door/call-door.js';
import { Reservations } from '../../src/app/door/reservations.js';
import { FrameTicker } from '../../src/app/play/frame-ticker.js';
import { doorFigures } from '../../src/transport/door-figures.js';
import { MediaEndpoint, type EndpointLimits } from '../../src/transport/media-endpoint.js';
import {
  contextOf,
  FakeAccounts,
  FakeAgents,
  FakeRunner,
  quietLogger,
  type FakeRunning,
} from './door-things.js';

export const testLimits: EndpointLimits = {
  ...{ maxWaitingPerIp: 50, maxSockets: 200, startLimitMs: 5000, graceMs: 10_000 },
  ...{ wire: wireLimits, watchMs: 50 },
};

/** The door on an HTTP server of its own; behind it a runner that only writes down. */
export class DoorWorld {
  readonly agents = new FakeAgents();
  readonly accounts = new FakeAccounts();
  readonly runner = new FakeRunner();
  readonly ticker = new FrameTicker();
  readonly metrics = new Metrics('voice', { withDefaults: false });
  readonly reservations = new Reservations({
    ...{ capacity: 100, agents: this.agents, accounts: this.accounts, clock: systemClock },
    usualMode: 'cascaded',
  });
  readonly logged: string[];
  readonly door: CallDoor;
  readonly endpoint: MediaEndpoint;
  readonly #server: Server;

  private constructor(server: Server, limits: Partial<EndpointLimits>) {
    this.#server = server;
    const { lines, logger } = quietLogger();
    this.logged = lines;
    const tokens = new JoseStreamTokens({
      ...{ secret: 's'.repeat(32), previousSecret: '', clock: systemClock },
    });
    const { reservations, runner, wsBaseUrl } = this;
    this.door = new CallDoor({
      pod: 'pod-1',
      baseUrl: '',
      wsBaseUrl,
      reservations,
      tokens,
      runner,
      logger,
    });
    this.endpoint = new MediaEndpoint({
      ...{ door: this.door, wsBaseUrl, logger, ticker: this.ticker },
      isDraining: () => !reservations.isTaking,
      limits: { ...testLimits, ...limits },
      figures: doorFigures(this.metrics, reservations),
      nowMs: () => performance.now(),
    });
    this.endpoint.bind(server);
  }

  static async start(limits: Partial<EndpointLimits> = {}): Promise<DoorWorld> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new DoorWorld(server, limits);
  }

  get wsBaseUrl(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  reserve(plan: CallPlan): Promise<Admission> {
    return this.door.reserve(plan, contextOf());
  }

  /** The call that runs behind the door, once it does. */
  running(callId: string): Promise<FakeRunning> {
    return eventually(() => {
      const found = this.runner.running.find(({ call }) => call.plan.callId === callId);
      if (found === undefined) throw new Error(`no call ${callId}`);
      return Promise.resolve(found);
    });
  }

  refusals(): readonly string[] {
    const lines = this.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    return lines
      .filter(({ event }) => event === 'socket.refused')
      .map(({ reason }) => String(reason));
  }

  async stop(): Promise<void> {
    for (const running of this.runner.running) running.finish();
    await this.endpoint.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => void this.#server.close(resolve));
  }
}
