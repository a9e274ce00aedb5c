import 'reflect-metadata';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { defineRequest } from '@trunkline/contracts';
import { deferred } from '@trunkline/kernel';
import { eventually, startNats, type TestNats } from '@trunkline/testing';
import { z } from 'zod';
import {
  Lifecycle,
  Logger,
  Requests,
  answer,
  ensureStreams,
  loadConfig,
  serviceSettings,
  startService,
  startTracing,
  type RunningService,
  type ServiceOptions,
} from '../../src/index.js';
import { settingsFor, smallLog } from './child-service.js';
import { RpcWorld, contextOf, newKey } from './rpc-world.js';

@Module({})
class EmptyModule {}

const greet = defineRequest({
  service: 'agents',
  verb: 'greet',
  role: 'viewer',
  input: z.strictObject({}),
  output: z.strictObject({ greeting: z.string() }),
});

describe('a service in this process', () => {
  let nats: TestNats;
  const logged: string[] = [];
  const logger = new Logger({
    service: 'campaigns',
    level: 'debug',
    destination: { write: (line) => logged.push(line) },
  });

  beforeAll(async () => {
    nats = await startNats({ users: true });
    await ensureStreams(await nats.connect({ user: 'operator' }), smallLog);
  });
  afterAll(() => nats.stop());

  function start(configure: NonNullable<ServiceOptions['configure']>): Promise<RunningService> {
    const settings = loadConfig(z.strictObject(serviceSettings), settingsFor(nats, {}));
    return startService({ name: 'campaigns', settings, module: EmptyModule, configure, logger });
  }

  it('waits for no connection that was opened and never used', async () => {
    const service = await start(() => Promise.resolve());
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    expect(await service.stop('test')).toBe(0);
    await closed;
  });

  it('answers every request that was running when it was told to stop', async () => {
    const gate = deferred<void>();
    let running = 0;
    const service = await start((_app, fastify) => {
      fastify.get('/slow', async () => {
        running += 1;
        await gate.promise;
        return { ok: true };
      });
      return Promise.resolve();
    });
    const asking = Array.from({ length: 20 }, () => fetch(`${service.url}/slow`));
    await eventually(() => running === 20);
    const stopping = service.stop('test');
    await eventually(async () => {
      const refused = await fetch(`${service.url}/livez`).then(
        () => false,
        () => true,
      );
      return refused;
    });
    gate.resolve();
    const answers = await Promise.all(asking);
    expect(answers.map((one) => one.status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(await stopping).toBe(0);
  });

  it('still answers HTTP while work finishes, and closes what was opened last first', async () => {
    const gate = deferred<void>();
    const order: string[] = [];
    const service = await start((app) => {
      const lifecycle = app.get(Lifecycle);
      lifecycle.add('finish', 'calls', () => gate.promise);
      for (const name of ['first', 'second']) {
        lifecycle.add('close', name, () => {
          order.push(name);
          return Promise.resolve();
        });
      }
      return Promise.resolve();
    });
    const stopping = service.stop('test');
    const ready = await fetch(`${service.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ isDraining: true });
    gate.resolve();
    expect(await stopping).toBe(0);
    expect(order).toEqual(['second', 'first']);
  });

  it('carries one request id and one trace through HTTP, NATS and the log', async () => {
    const exporter = new InMemorySpanExporter();
    const processor = new SimpleSpanProcessor({ exporter });
    const tracing = startTracing({ service: 'test', endpoint: '', processor });
    const world = new RpcWorld(nats, await newKey('k1'));
    await world.replica([answer(greet, () => Promise.reject(new TypeError('oops')))]);
    const requests: Requests = await world.asker();
    const service = await start((_app, fastify) => {
      fastify.post('/greet/:id', async (request) => {
        logger.info('greet.asked');
        const context = { ...contextOf(), correlationId: request.id };
        return requests.ask(greet, {}, context);
      });
      return Promise.resolve();
    });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = {
      'content-type': 'application/json',
      'x-request-id': 'my-own-request',
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    };
    const body = JSON.stringify({ padding: 'x'.repeat(200_000) });
    const response = await fetch(`${service.url}/greet/private-path`, {
      method: 'POST',
      headers,
      body,
    });
    expect(response.headers.get('x-request-id')).toBe('my-own-request');
    expect(response.status).toBe(500);
    await eventually(() => exporter.getFinishedSpans().length >= 3);
    const spans = exporter.getFinishedSpans();
    expect(spans.map((span) => span.name).toSorted()).toEqual([
      'POST /greet/:id',
      'answer agents.greet',
      'ask agents.greet',
    ]);
    expect(new Set(spans.map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]));
    const failed = world.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    const line = failed.find((entry) => entry['event'] === 'rpc.failed');
    expect(line).toMatchObject({ requestId: 'my-own-request', traceId });
    const asked = logged.find((entry) => entry.includes('greet.asked'));
    expect(JSON.parse(asked ?? '{}')).toMatchObject({ requestId: 'my-own-request', traceId });
    expect(logged.join('')).not.toContain('private-path');
    await service.stop('test');
    await world.close();
    await tracing.shutdown();
  });
});
