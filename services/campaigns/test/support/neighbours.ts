import { Module } from '@nestjs/common';
import {
  agentsRuntimeRequests,
  podSubject,
  voiceRequests,
  type Admission,
  type Carrier,
  type WhenNoRoom,
} from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import {
  answer,
  loadConfig,
  Logger,
  Metrics,
  principalSettings,
  RequestHandlers,
  serviceSettings,
  startService,
  type RequestHandler,
  type RunningService,
} from '@trunkline/platform';
import type { TestNats } from '@trunkline/testing';
import { z } from 'zod';

export interface Account {
  readonly tenant: string;
  readonly carrier: Carrier;
}

/** What a test changes about the services beside us. */
export interface Neighbourhood {
  readonly accounts: Map<string, Account>;
  /** Places still free on the pod. */
  freePlaces: number;
  whenNoRoom: WhenNoRoom;
  admits: boolean;
  readonly reserved: string[];
  readonly givenBack: string[];
}

export const agent = 'agent-1';
export const pod = 'pod-1';
export const timeLimitSeconds = 660;

export function neighbourhood(): Neighbourhood {
  const accounts = new Map<string, Account>([
    ['twilio-1', { tenant: 'acme', carrier: 'twilio' }],
    ['telnyx-1', { tenant: 'acme', carrier: 'telnyx' }],
    ['plivo-1', { tenant: 'acme', carrier: 'plivo' }],
    ['vobiz-1', { tenant: 'acme', carrier: 'vobiz' }],
    ['foreign-1', { tenant: 'other', carrier: 'twilio' }],
  ]);
  return {
    accounts,
    freePlaces: 1000,
    whenNoRoom: null,
    admits: true,
    reserved: [],
    givenBack: [],
  };
}

/** Agents and voice as far as campaigns asks them, over the real wire with real allow-lists. */
export async function startNeighbours(
  nats: TestNats,
  principalJwks: string,
  of: Neighbourhood,
): Promise<RunningService[]> {
  const start = (name: 'agents' | 'voice', handlers: readonly RequestHandler[]) => {
    const provider = { provide: RequestHandlers, useValue: new RequestHandlers(handlers) };
    const settings = loadConfig(z.strictObject({ ...serviceSettings, ...principalSettings }), {
      NODE_ENV: 'test',
      HTTP_PORT: '0',
      NATS_URL: nats.url,
      NATS_MONITOR_URL: nats.monitorUrl,
      NATS_USER: name,
      NATS_PASSWORD: `pw-${name}`,
      PRINCIPAL_JWKS_FILE: principalJwks,
    });
    const destination = { write: () => undefined };
    return startService({
      ...{ name, settings, module: { module: NeighbourModule, providers: [provider] } },
      logger: new Logger({ service: name, level: 'error', destination }),
      metrics: new Metrics(name, { withDefaults: false }),
    });
  };
  await openDoors(nats, of);
  return Promise.all([start('agents', agentsSide(of)), start('voice', voiceSide(of))]);
}

@Module({})
class NeighbourModule {}

function agentsSide(of: Neighbourhood): RequestHandler[] {
  return [
    answer(agentsRuntimeRequests.openCarrierAccount, ({ carrierAccount }) => {
      const found = of.accounts.get(carrierAccount);
      if (!found) return Promise.reject(new AppError('request.not-found'));
      const { tenant, carrier } = found;
      const ids = { accountId: 'AC1', connectionId: null, publicKey: null };
      return Promise.resolve({ ...ids, tenant, carrier, carrierAccount, secret: 'secret-1' });
    }),
    answer(agentsRuntimeRequests.resolveRoute, ({ carrierAccount, number }) => {
      if (!number.startsWith('+1202')) return Promise.reject(new AppError('request.not-found'));
      const account = carrierAccount ?? 'twilio-1';
      const { whenNoRoom } = of;
      const target = { agent, version: null, whenNoRoom };
      return Promise.resolve({ route: 'r1', carrierAccount: account, ...target });
    }),
  ];
}

function voiceSide(of: Neighbourhood): RequestHandler[] {
  return [
    answer(voiceRequests.reserve, ({ callId }) => {
      if (of.freePlaces <= 0) return Promise.reject(new AppError('voice.no-room'));
      of.freePlaces -= 1;
      of.reserved.push(callId);
      return Promise.resolve(admission(callId));
    }),
  ];
}

export function admission(callId: string): Admission {
  return {
    pod,
    url: `wss://voice.example.com/media/twilio/${callId}`,
    streamToken: `token-of-${callId}-0123456789`,
    expiresAt: '2099-01-01T00:00:00.000Z',
    version: 3,
    mode: 'cascaded',
    timeLimitSeconds,
  };
}

async function openDoors(nats: TestNats, of: Neighbourhood): Promise<void> {
  const connection = await nats.connect({ user: 'voice' });
  connection.subscribe(podSubject('voice', 'admit', pod), {
    callback: (_error, message) => {
      const { callId } = message.json<{ callId: string }>();
      const reply = of.admits ? admission(callId) : { refused: 'voice.no-room' };
      message.respond(JSON.stringify(reply));
    },
  });
  connection.subscribe(podSubject('voice', 'end-call', pod), {
    callback: (_error, message) => {
      of.givenBack.push(message.json<{ callId: string }>().callId);
      message.respond(JSON.stringify({ found: true }));
    },
  });
  await connection.flush();
}
