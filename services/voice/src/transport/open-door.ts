import type { Server } from 'node:http';
import type { ConversationMode } from '@trunkline/contracts';
import { systemClock } from '@trunkline/kernel';
import {
  newId,
  type EventStore,
  type Lifecycle,
  type Logger,
  type Metrics,
  type NatsConnections,
  type RequestHandler,
} from '@trunkline/platform';
import type { z } from 'zod';
import { wireLimits } from '../adapters/line/media-wire.js';
import { NatsOtherPods } from '../adapters/nats/nats-other-pods.js';
import { PodDoors } from '../adapters/nats/pod-doors.js';
import { publishLoad } from '../adapters/nats/pod-load.js';
import { JoseStreamTokens } from '../adapters/tokens/jose-stream-tokens.js';
import { CallDoor } from '../app/door/call-door.js';
import { drainCalls } from '../app/door/drain.js';
import { LogWhereabouts } from '../app/door/log-whereabouts.js';
import type { AgentSource, CallRunner, CarrierAccountSource } from '../app/door/ports.js';
import { Reservations } from '../app/door/reservations.js';
import { FrameTicker } from '../app/play/frame-ticker.js';
import type { doorSettings } from '../config.js';
import { doorFigures } from './door-figures.js';
import { doorHandlers } from './door-handlers.js';
import { MediaEndpoint, type EndpointLimits } from './media-endpoint.js';

export type DoorSettings = z.output<z.ZodObject<typeof doorSettings>> & {
  readonly SHUTDOWN_BUDGET_MS: number;
};

export interface DoorParts {
  readonly settings: DoorSettings;
  readonly nats: NatsConnections;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  readonly store: EventStore;
  readonly agents: AgentSource;
  readonly accounts: CarrierAccountSource;
  /** Of agents and calls that name none. */
  readonly usualMode: ConversationMode;
  readonly runner: CallRunner;
  /** False while there is nowhere to write down what new calls would say. */
  readonly mayTake?: () => boolean;
  /** What else the service answers. */
  readonly handlers?: readonly RequestHandler[];
  /** Shorter in tests. */
  readonly limits?: Partial<EndpointLimits>;
}

/** The way in: places, tokens, sockets, and the pod's own doors. Injected by its class. */
export class Door {
  readonly pod: string;
  readonly handlers: readonly RequestHandler[];
  readonly reservations: Reservations;
  readonly #endpoint: MediaEndpoint;

  constructor(parts: Pick<Door, 'pod' | 'handlers' | 'reservations'>, endpoint: MediaEndpoint) {
    this.pod = parts.pod;
    this.handlers = parts.handlers;
    this.reservations = parts.reservations;
    this.#endpoint = endpoint;
  }

  /** Before the server listens: `configure: async (app, fastify) => app.get(Door).bind(fastify.server)`. */
  bind(server: Server): void {
    this.#endpoint.bind(server);
  }
}

const nowMs = (): number => performance.now();
const START_LIMIT_MS = 5000;
const GRACE_MS = 10_000;
const WATCH_MS = 1000;
const EXPIRE_EVERY_MS = 1000;

export function openDoor(parts: DoorParts): Door {
  const { accounts, agents, logger, metrics, nats, runner, settings, store } = parts;
  const pod = settings.VOICE_POD === '' ? newId() : settings.VOICE_POD;
  const wsBaseUrl = settings.VOICE_RUNTIME_WS_BASE_URL.replace(/\/+$/, '');
  const baseUrl = settings.VOICE_RUNTIME_BASE_URL.replace(/\/+$/, '');
  const clock = systemClock;
  const capacity = settings.VOICE_MAX_CALLS;
  const { mayTake = () => true } = parts;
  const reservations = new Reservations({
    ...{ capacity, agents, accounts, clock, mayTake },
    usualMode: parts.usualMode,
  });
  const tokens = new JoseStreamTokens({
    secret: settings.VOICE_RUNTIME_SIGNING_SECRET.reveal(),
    previousSecret: settings.VOICE_RUNTIME_SIGNING_SECRET_PREVIOUS.reveal(),
    clock,
  });
  const door = new CallDoor({ pod, baseUrl, wsBaseUrl, reservations, tokens, runner, logger });
  const endpoint = new MediaEndpoint({
    ...{ door, wsBaseUrl, logger, ticker: new FrameTicker() },
    isDraining: () => !reservations.isTaking,
    limits: limitsOf(parts),
    figures: doorFigures(metrics, reservations),
    nowMs,
  });
  const podDoors = new PodDoors({ connection: nats.connection, door, reservations, logger });
  const others = new NatsOtherPods({ connection: nats.connection, pod, logger, nowMs });
  bindLife(parts, { pod, reservations, endpoint, podDoors, others });
  const whereabouts = new LogWhereabouts(store);
  const handlers = [
    ...doorHandlers({ door, store, clock, whereabouts, others }),
    ...(parts.handlers ?? []),
  ];
  return new Door({ pod, handlers, reservations }, endpoint);
}

function limitsOf({ limits, settings }: DoorParts): EndpointLimits {
  const maxWaitingPerIp = settings.VOICE_MAX_WAITING_PER_IP;
  return {
    maxWaitingPerIp,
    // Calls, as many that are coming back, and strangers.
    maxSockets: 2 * settings.VOICE_MAX_CALLS + 4 * maxWaitingPerIp,
    startLimitMs: START_LIMIT_MS,
    graceMs: GRACE_MS,
    wire: wireLimits,
    watchMs: WATCH_MS,
    ...limits,
  };
}

/** Not ready at once and nothing new; what was promised is kept; then the doors close. */
function bindLife(
  { lifecycle, logger, nats, settings }: DoorParts,
  own: {
    readonly pod: string;
    readonly reservations: Reservations;
    readonly endpoint: MediaEndpoint;
    readonly podDoors: PodDoors;
    readonly others: NatsOtherPods;
  },
): void {
  const { endpoint, others, pod, podDoors, reservations } = own;
  const budgetMs = Math.min(settings.VOICE_DRAIN_BUDGET_MS, settings.SHUTDOWN_BUDGET_MS);
  const stopTelling = publishLoad(nats, pod, reservations);
  const expiring = setInterval(() => {
    const stale = reservations.expire(systemClock.nowMs());
    for (const callId of stale) logger.info('door.place-expired', { callId });
  }, EXPIRE_EVERY_MS);
  lifecycle.add('stop-taking', 'reservations', async () => reservations.stopTaking());
  lifecycle.add('finish', 'calls', (signal) =>
    drainCalls({ reservations, budgetMs, logger }, signal),
  );
  lifecycle.add('close-doors', 'sockets', async () => {
    clearInterval(expiring);
    await endpoint.close();
  });
  lifecycle.add('close', 'pod-doors', async () => {
    stopTelling();
    others.close();
    await podDoors.close();
  });
}
