import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { connect, type AddressInfo } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { deferred } from '@trunkline/kernel';
import {
  bindRoutes,
  connectRedis,
  edgeServerOptions,
  IdempotencyCache,
  RateLimiter,
  type RateLimit,
} from '@trunkline/platform';
import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import { HeaderAuthenticator, openEdge, parcelRoutes, type EdgeOverrides } from '../edge-kit.js';

const open: FastifyInstance[] = [];

async function listen(overrides: EdgeOverrides = {}) {
  const edge = await openEdge(overrides);
  open.push(edge.fastify);
  await edge.fastify.listen({ port: 0, host: '127.0.0.1' });
  const { port } = edge.fastify.server.address() as AddressInfo;
  return { ...edge, port, url: `http://127.0.0.1:${port}` };
}

afterEach(async () => {
  for (const fastify of open.splice(0)) await fastify.close();
});

/** Writes bytes that no client would and reads until the server hangs up. */
function talk(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

function problemIn(answer: string): unknown {
  expect(answer).toContain('content-type: application/problem+json');
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
}

describe('what never becomes a request', () => {
  it.each([
    ['no HTTP', 'hello there\r\n\r\n', 400, 'request.malformed'],
    [
      'a header with a line break',
      'GET / HTTP/1.1\r\nhost: a\r\nx: a\x00b\r\n\r\n',
      400,
      'request.malformed',
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
      'request.malformed',
    ],
    [
      'headers of 20 KiB',
      `GET / HTTP/1.1\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'request.headers-too-large',
    ],
  ])('%s', async (_title, bytes, status, code) => {
    const { port } = await listen();
    const answer = await talk(port, bytes);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(problemIn(answer)).toMatchObject({ status, code });
  });

  it('headers that come slowly end with 408', async () => {
    const { port } = await listen({ server: { headersLimitMs: 300, requestLimitMs: 300 } });
    const answer = await talk(port, 'GET /v1/open HTTP/1.1\r\nhost: a\r\nx-slow: ');
    expect(problemIn(answer)).toMatchObject({ status: 408, code: 'request.timeout' });
  });

  it('a body that never ends ends with 408 and stores nothing', async () => {
    const { port, runs } = await listen({ server: { headersLimitMs: 200, requestLimitMs: 300 } });
    const head = 'POST /v1/parcels HTTP/1.1\r\nhost: a\r\nauthorization: Bearer member\r\n';
    const answer = await talk(
      port,
      `${head}content-type: application/json\r\ncontent-length: 50\r\n\r\n{"name":`,
    );
    expect(problemIn(answer)).toMatchObject({ status: 408, code: 'request.timeout' });
    expect(runs.size).toBe(0);
  });

  it('a body larger than allowed is refused', async () => {
    const { url } = await listen();
    const body = JSON.stringify({ name: 'a'.repeat(1024 * 1024), weight: 1 });
    const headers = { authorization: 'Bearer member', 'content-type': 'application/json' };
    const answer = await fetch(`${url}/v1/parcels`, { method: 'POST', headers, body });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'request.too-large' });
  });
});

describe('a reader who leaves', () => {
  it('takes the work of its GET with it', async () => {
    const [started, ended] = [deferred<void>(), deferred<unknown>()];
    const edge = await openEdge({
      handlers: {
        ...(await openEdge()).handlers,
        getParcel: (_input, { signal }) => {
          signal.addEventListener('abort', () => ended.resolve(signal.reason));
          started.resolve();
          return deferred<never>().promise;
        },
      },
    });
    open.push(edge.fastify);
    await edge.fastify.listen({ port: 0, host: '127.0.0.1' });
    const { port } = edge.fastify.server.address() as AddressInfo;
    const leaving = new AbortController();
    const asked = fetch(`http://127.0.0.1:${port}/v1/parcels/1`, {
      headers: { authorization: 'Bearer member' },
      signal: leaving.signal,
    });
    await started.promise;
    leaving.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await expect(ended.promise).resolves.toMatchObject({ code: 'request.timeout' });
  });
});

describe('with Redis', () => {
  const prefix = `test:${randomUUID()}`;
  let redis: Redis;

  beforeAll(async () => {
    redis = await connectRedis(process.env['REDIS_URL'] ?? '');
  });

  afterAll(async () => {
    const keys = await redis.keys(`${prefix}*`);
    if (keys.length > 0) await redis.del(...keys);
    redis.disconnect();
  });

  const limit = (name: string): RateLimit => ({
    name,
    count: 3,
    periodMs: 3_600_000,
    burst: 3,
    whenAway: 'open',
  });
  const get = (url: string, authorization: string) =>
    fetch(`${url}/v1/parcels/1`, { headers: { authorization } });

  it('counts by address before it reads anything else', async () => {
    const limiter = new RateLimiter(redis, `${prefix}:ip`);
    const { url } = await listen({ rateLimits: { limiter, ip: limit('ip') } });
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await fetch(`${url}/nothing`));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 429]);
    expect(answers.at(-1)?.headers.get('retry-after')).toBe('1200');
    expect(await answers.at(-1)?.json()).toMatchObject({ code: 'rate.limited' });
  });

  it('counts tenants and keys apart', async () => {
    const limiter = new RateLimiter(redis, `${prefix}:who`);
    const rateLimits = { limiter, tenant: () => limit('tenant') };
    const { url } = await listen({ rateLimits });
    for (let n = 0; n < 3; n += 1) expect((await get(url, 'Bearer member')).status).toBe(200);
    expect((await get(url, 'Bearer viewer')).status).toBe(429);
    expect((await get(url, 'Bearer other')).status).toBe(200);
  });

  it('runs a request once that comes ten times at once over two replicas', async () => {
    const edges = [0, 1].map(() => listen({ idempotency: new IdempotencyCache(redis, prefix) }));
    const [one, two] = await Promise.all(edges);
    const send = (url: string) =>
      fetch(`${url}/v1/parcels`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer member',
          'content-type': 'application/json',
          'idempotency-key': prefix,
        },
        body: JSON.stringify({ name: 'book', weight: 2 }),
      });
    const urls = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? one : two)?.url ?? '');
    const answers = await Promise.all(urls.map(send));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(bodies).size).toBe(1);
    const runs = [one, two].flatMap((edge) => edge?.runs.get('createParcel') ?? []);
    expect(runs).toEqual([1]);
  });
});

@Controller()
class OwnController {
  @Get('/own')
  own(): string {
    return 'by Nest';
  }
}

@Module({ controllers: [OwnController] })
class OwnModule {}

describe('inside a Nest application', () => {
  it('leaves its controllers alone and takes everything else', async () => {
    const adapter = new FastifyAdapter(edgeServerOptions());
    const app = await NestFactory.create<NestFastifyApplication>(OwnModule, adapter, {
      logger: false,
    });
    const edge = await openEdge();
    await bindRoutes(adapter.getInstance() as unknown as FastifyInstance, {
      routes: parcelRoutes,
      handlers: edge.handlers,
      authenticator: new HeaderAuthenticator(),
      logger: { info: () => undefined, error: () => undefined },
    });
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    expect(await (await fetch(`${url}/own`)).text()).toBe('by Nest');
    expect(await (await fetch(`${url}/v1/open`)).json()).toEqual({ id: 'open', weight: 1 });
    const body = '{"a":1,"a":2}';
    const headers = { 'content-type': 'application/json' };
    const bad = await fetch(`${url}/v1/parcels`, { method: 'POST', headers, body });
    expect(await bad.json()).toMatchObject({ code: 'request.bad-json' });
    const missing = await fetch(`${url}/nothing`, { method: 'POST' });
    expect(missing.headers.get('content-type')).toContain('application/problem+json');
    expect(missing.status).toBe(404);
    await app.close();
  });
});
