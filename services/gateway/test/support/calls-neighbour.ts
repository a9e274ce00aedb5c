import { Module } from '@nestjs/common';
import { callRequests, type callSummary } from '@trunkline/contracts';
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
  type RunningService,
} from '@trunkline/platform';
import { z } from 'zod';
import type { World } from './world.js';

type Summary = z.input<typeof callSummary>;

@Module({})
class CallsModule {}

/** Stands in for analytics: the calls of each tenant, as far as the live view asks. */
export class CallsNeighbour {
  readonly calls = new Map<string, Summary>();
  #service: RunningService | undefined;

  async start({ env }: World): Promise<void> {
    const handlers = [
      answer(callRequests.listCalls, ({ query }, { principal }) =>
        Promise.resolve({
          calls: this.#of(principal.tenant).filter(({ status }) => status === query.status),
          nextCursor: null,
        }),
      ),
      answer(callRequests.getCall, ({ params }, { principal }) => {
        const call = this.#of(principal.tenant).find(({ id }) => id === params.callId);
        if (!call) return Promise.reject(new AppError('request.not-found'));
        const rest = { disposition: null, transcript: [], turns: [], recording: null };
        return Promise.resolve({ ...call, ...rest, analysis: 'none' as const });
      }),
    ];
    const provider = { provide: RequestHandlers, useValue: new RequestHandlers(handlers) };
    const settings = loadConfig(z.strictObject({ ...serviceSettings, ...principalSettings }), {
      NODE_ENV: 'test',
      HTTP_PORT: '0',
      NATS_URL: env['NATS_URL'],
      NATS_MONITOR_URL: env['NATS_MONITOR_URL'],
      NATS_USER: 'analytics',
      NATS_PASSWORD: 'pw-analytics',
      PRINCIPAL_JWKS_FILE: env['PRINCIPAL_JWKS_FILE'],
    });
    this.#service = await startService({
      ...{ name: 'analytics', settings, module: { module: CallsModule, providers: [provider] } },
      logger: new Logger({ service: 'analytics', level: 'silent' }),
      metrics: new Metrics('analytics', { withDefaults: false }),
    });
  }

  put(tenant: string, id: string, status: Summary['status']): void {
    this.calls.set(`${tenant} ${id}`, {
      ...{ id, status, kind: 'browser', direction: 'inbound', agent: 'agent-1', version: 1 },
      ...{ mode: 'cascaded', from: null, to: null, campaign: null, endReason: null },
      ...{ endSide: null, createdAt: at, startedAt: at, endedAt: null, durationMs: null },
      ...{ escalated: false, costMicros: 0 },
    });
  }

  async stop(): Promise<void> {
    await this.#service?.stop('test');
  }

  #of(tenant: string): Summary[] {
    const own = [...this.calls].filter(([key]) => key.startsWith(`${tenant} `));
    return own.map(([, call]) => call);
  }
}

const at = '2026-01-01T00:00:00.000Z';
