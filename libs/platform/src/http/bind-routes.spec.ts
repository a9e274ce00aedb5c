import { describe, expect, it } from '@jest/globals';
import type { RateDemand } from '../redis/rate-limiter.js';
import { openEdge, type Edge } from '../../test/edge-kit.js';

const member = { authorization: 'Bearer member' };
const json = { ...member, 'content-type': 'application/json' };

function post(edge: Edge, payload: string | Buffer, headers: Record<string, string> = json) {
  return edge.fastify.inject({ method: 'POST', url: '/v1/parcels', headers, payload });
}

async function refusal(payload: string | Buffer) {
  const edge = await openEdge();
  const answer = await post(edge, payload);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(edge.runs.size).toBe(0);
  return answer.json();
}

describe('bindRoutes: what a good request gets', () => {
  it('answers by the schema, with status, request id and headers of its own', async () => {
    const { fastify } = await openEdge();
    const answer = await fastify.inject({
      url: '/v1/parcels/p-1?full=yes',
      headers: { ...member, 'x-request-id': 'given-by-caller' },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ id: 'p-1', weight: 1 });
    expect(answer.headers).toMatchObject({
      etag: '"1"',
      'cache-control': 'no-store',
      'x-request-id': 'given-by-caller',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.stringContaining('max-age'),
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
  });

  it('serves an alias with the same handler and the same checks', async () => {
    const edge = await openEdge();
    const payload = { name: 'book', weight: 2 };
    const ok = await edge.fastify.inject({
      method: 'POST',
      url: '/parcels',
      headers: json,
      payload,
    });
    expect(ok.statusCode).toBe(201);
    expect(edge.runs.get('createParcel')).toBe(1);
    const anonymous = await edge.fastify.inject({ method: 'POST', url: '/parcels', payload });
    expect(anonymous.statusCode).toBe(401);
    expect(anonymous.headers['www-authenticate']).toBe('Bearer');
  });

  it('answers 204 with an empty body', async () => {
    const { fastify } = await openEdge();
    const answer = await fastify.inject({
      method: 'DELETE',
      url: '/v1/parcels/1',
      headers: member,
    });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
  });

  it('replaces a request id that is not harmless', async () => {
    const { fastify } = await openEdge();
    const headers = { 'x-request-id': 'evil\tid with spaces' };
    const answer = await fastify.inject({ url: '/v1/open', headers });
    expect(answer.headers['x-request-id']).toMatch(/^[A-Za-z0-9-]{36}$/);
  });
});

describe('bindRoutes: bad bodies', () => {
  it.each([
    ['bad JSON', '{"name": canary', 'syntax'],
    ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), 'not-utf-8'],
    ['duplicate keys', '{"name":"a","name":"b","weight":1}', 'duplicate-key'],
    ['duplicate keys in disguise', '{"name":"a","n\\u0061me":"b"}', 'duplicate-key'],
    ['__proto__', '{"__proto__":{"role":"owner"}}', 'forbidden-key'],
    ['constructor below', '{"to":{"constructor":{}}}', 'forbidden-key'],
    ['prototype in disguise', '{"prot\\u006ftype":1}', 'forbidden-key'],
    ['33 levels', '['.repeat(33) + ']'.repeat(33), 'too-deep'],
    ['half a character', '{"name":"\\ud800"}', 'not-unicode'],
  ])('refuses %s', async (_title, payload, code) => {
    const problem = await refusal(payload);
    expect(problem).toMatchObject({ status: 400, code: 'request.bad-json', errors: [{ code }] });
    expect(JSON.stringify(problem)).not.toContain('canary');
  });

  it('names every wrong field at once and none of the values', async () => {
    const body = { name: '', weight: '5-canary', extra: 1, to: { city: { $gt: '' }, zip: 1 } };
    const problem = await refusal(JSON.stringify(body));
    expect(problem.code).toBe('request.invalid');
    const paths = problem.errors.map((error: { path: string }) => error.path);
    expect(paths.toSorted()).toEqual([
      'body.extra',
      'body.name',
      'body.to.city',
      'body.to.zip',
      'body.weight',
    ]);
    expect(JSON.stringify(problem)).not.toContain('canary');
  });

  it('takes `$gt` in a string as the text it is', async () => {
    const edge = await openEdge();
    const answer = await post(edge, JSON.stringify({ name: '$gt', weight: 1 }));
    expect(answer.statusCode).toBe(201);
  });

  it('refuses a body that is too large with 413', async () => {
    const problem = await refusal(JSON.stringify({ name: 'a'.repeat(1024 * 1024), weight: 1 }));
    expect(problem).toMatchObject({ status: 413, code: 'request.too-large' });
  });

  it.each([['text/plain'], ['application/x-www-form-urlencoded'], ['application/jsonp']])(
    'refuses %s with 415',
    async (contentType) => {
      const answer = await post(await openEdge(), 'a=1', {
        ...member,
        'content-type': contentType,
      });
      expect(answer.json()).toMatchObject({ status: 415, code: 'request.unsupported-type' });
    },
  );

  it('refuses a compressed body with 415', async () => {
    const headers = { ...json, 'content-encoding': 'gzip' };
    const answer = await post(await openEdge(), '{}', headers);
    expect(answer.statusCode).toBe(415);
  });

  it('refuses unknown query fields and bad ids with 400', async () => {
    const { fastify } = await openEdge();
    const url = '/v1/parcels/a.%3E?full=maybe&admin=1';
    const problem = (await fastify.inject({ url, headers: member })).json();
    const paths = problem.errors.map((error: { path: string }) => error.path);
    expect(paths.toSorted()).toEqual(['params.id', 'query.admin', 'query.full']);
  });
});

describe('bindRoutes: who may', () => {
  it.each([
    ['nobody', undefined, 401, 'auth.required'],
    ['a stranger', 'Bearer unknown', 401, 'auth.invalid'],
    ['a lower role', 'Bearer viewer', 403, 'auth.forbidden'],
    ['a key of the wrong kind', 'Bearer runtime-key', 403, 'auth.forbidden'],
    ['a key of the right kind and scope', 'Bearer admin-key', 201, undefined],
  ])('%s', async (_who, authorization, status, code) => {
    const edge = await openEdge();
    const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
    const answer = await post(edge, JSON.stringify({ name: 'a', weight: 1 }), headers);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });

  it('says nothing about the fields to somebody who may not', async () => {
    const answer = await post(await openEdge(), '{}', { ...json, authorization: 'Bearer viewer' });
    expect(answer.json()).toMatchObject({ code: 'auth.forbidden' });
    expect(answer.json().errors).toBeUndefined();
  });
});

describe('bindRoutes: what is not there', () => {
  it('answers an unknown path with 404 as problem+json', async () => {
    const { fastify } = await openEdge();
    for (const url of ['/', '/nothing', '/v1/parcels/1/2']) {
      const answer = await fastify.inject({ url, headers: { 'x-request-id': 'request-12345' } });
      expect(answer.json()).toMatchObject({
        status: 404,
        code: 'request.not-found',
        instance: 'request-12345',
      });
    }
  });

  it('answers another method with 405 and what is allowed, whatever the body', async () => {
    const { fastify } = await openEdge();
    const answer = await fastify.inject({ method: 'PUT', url: '/v1/parcels/1', payload: 'x' });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe('DELETE, GET, HEAD');
    expect(answer.json().code).toBe('request.method-not-allowed');
    const odd = await fastify.inject({ method: 'PROPFIND' as 'GET', url: '/v1/parcels' });
    expect([odd.statusCode, odd.headers['allow']]).toEqual([405, 'POST']);
  });

  it('answers a path that can not be read with 400', async () => {
    const answer = await (await openEdge()).fastify.inject({ url: '/v1/parcels/%zz' });
    expect(answer.json()).toMatchObject({ status: 400, code: 'request.malformed' });
  });
});

describe('bindRoutes: our own faults', () => {
  it.each([['/v1/broken'], ['/v1/crash']])('%s is a 500 that gives nothing away', async (url) => {
    const { fastify, log } = await openEdge();
    const answer = await fastify.inject({ url });
    expect(answer.json()).toMatchObject({ status: 500, code: 'internal' });
    expect(answer.body).not.toContain('canary');
    expect(log).toMatchObject([
      { event: 'http.failed', fields: { requestId: answer.headers['x-request-id'] } },
    ]);
  });

  it('ends a handler that hangs with 504', async () => {
    const { fastify } = await openEdge({
      handlerLimitMs: 20,
      authenticator: { authenticate: () => new Promise(() => undefined) },
    });
    const answer = await fastify.inject({ url: '/v1/parcels/1', headers: member });
    expect(answer.json()).toMatchObject({ status: 504, code: 'service.timeout' });
  });
});

describe('bindRoutes: CORS', () => {
  const corsOrigins = ['https://console.example.com'];

  it('answers a preflight of a listed origin', async () => {
    const { fastify } = await openEdge({ corsOrigins });
    const headers = {
      origin: 'https://console.example.com',
      'access-control-request-method': 'POST',
    };
    const answer = await fastify.inject({ method: 'OPTIONS', url: '/v1/parcels', headers });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('https://console.example.com');
  });

  it.each([
    ['https://console.example.com.evil.net'],
    ['http://console.example.com'],
    ['https://CONSOLE.example.com'],
    ['null'],
  ])('gives %s nothing', async (origin) => {
    const { fastify } = await openEdge({ corsOrigins });
    const answer = await fastify.inject({ url: '/v1/open', headers: { origin } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['vary']).toBe('Origin');
  });
});

describe('bindRoutes: the limit of an address', () => {
  it('counts an IPv6 network as one caller', async () => {
    const asked: string[] = [];
    const limiter = { demand: async (one: RateDemand) => void asked.push(one.subject) };
    const ip = { name: 'ip', count: 1, periodMs: 1000, burst: 1, whenAway: 'open' } as const;
    const { fastify } = await openEdge({ rateLimits: { limiter, ip } });
    for (const remoteAddress of ['2001:db8:1:2::7', '2001:db8:1:2:9::', '192.0.2.1']) {
      await fastify.inject({ url: '/v1/open', remoteAddress });
    }
    expect(asked).toEqual(['2001:db8:1:2::/64', '2001:db8:1:2::/64', '192.0.2.1']);
  });
});
