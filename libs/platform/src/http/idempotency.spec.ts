import { describe, expect, it } from '@jest/globals';
import { AppError, deferred } from '@trunkline/kernel';
import type { IdempotencyState, KeptAnswer } from '../redis/idempotency-cache.js';
import { openEdge, type Edge, type EdgeOverrides } from '../../test/edge-kit.js';
import { canonicalJson, fingerprint, idempotentRequest, type AnswerStore } from './idempotency.js';
import { anonymous } from './route-handlers.js';

/** The cache without Redis; `away` makes it as useful as one that lost it. */
class MemoryAnswers implements AnswerStore {
  readonly kept = new Map<string, { print: string; claim?: string; answer?: KeptAnswer }>();
  away = false;

  async begin(request: { id: string; fingerprint: string }): Promise<IdempotencyState> {
    if (this.away) return { state: 'unknown' };
    const known = this.kept.get(request.id);
    if (known && known.print !== request.fingerprint) return { state: 'mismatch' };
    if (known?.claim) return { state: 'in-progress' };
    if (known?.answer) return { state: 'done', answer: known.answer };
    this.kept.set(request.id, { print: request.fingerprint, claim: 'c' });
    return { state: 'claimed', claim: 'c' };
  }

  async finish(
    request: { id: string; fingerprint: string },
    _claim: string,
    answer: KeptAnswer | undefined,
  ): Promise<void> {
    this.kept.set(request.id, { print: request.fingerprint, ...(answer && { answer }) });
  }

  async abandon(request: { id: string }): Promise<void> {
    this.kept.delete(request.id);
  }
}

interface Sent {
  readonly key?: string;
  readonly authorization?: string;
  readonly url?: string;
  readonly payload?: Record<string, unknown>;
}

function create(edge: Edge, sent: Sent = {}) {
  const { key = 'key-1', authorization = 'Bearer member', url = '/v1/parcels', payload } = sent;
  const headers = { authorization, 'idempotency-key': key };
  const body = payload ?? { name: 'book', weight: 2 };
  return edge.fastify.inject({ method: 'POST', url, headers, payload: body });
}

async function edgeWith(overrides: EdgeOverrides = {}) {
  const answers = new MemoryAnswers();
  const edge = await openEdge({ idempotency: answers, ...overrides });
  return { edge, answers };
}

describe('Idempotency-Key', () => {
  it('gives the same answer again without running again, in any order of fields', async () => {
    const { edge } = await edgeWith();
    const first = await create(edge);
    const again = await create(edge, { payload: { weight: 2, name: 'book' } });
    expect([first.statusCode, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([201, 'true']);
    expect(again.body).toBe(first.body);
    expect(edge.runs.get('createParcel')).toBe(1);
  });

  it('is the same by an alias, and another for another key, person or tenant', async () => {
    const { edge } = await edgeWith();
    await create(edge);
    await create(edge, { url: '/parcels' });
    expect(edge.runs.get('createParcel')).toBe(1);
    const ids = await Promise.all([
      create(edge, { key: 'key-2' }),
      create(edge, { authorization: 'Bearer other' }),
      create(edge, { authorization: 'Bearer admin-key' }),
    ]);
    expect(new Set(ids.map((answer) => answer.json().id)).size).toBe(3);
    expect(edge.runs.get('createParcel')).toBe(4);
  });

  it('refuses another body with 409', async () => {
    const { edge } = await edgeWith();
    await create(edge);
    const other = await create(edge, { payload: { name: 'book', weight: 3 } });
    expect([other.statusCode, other.json().code]).toEqual([409, 'idempotency.mismatch']);
  });

  it.each([[''], ['with space'], ['ü'], ['k'.repeat(129)]])('refuses the key %p', async (key) => {
    const { edge } = await edgeWith();
    const answer = await create(edge, { key });
    expect(answer.json()).toMatchObject({
      status: 400,
      errors: [{ path: 'headers.idempotency-key' }],
    });
  });

  it('of two at once one runs and both get its answer', async () => {
    const { edge } = await edgeWith();
    const [one, two] = await Promise.all([create(edge), create(edge)]);
    expect(one.body).toBe(two.body);
    expect(edge.runs.get('createParcel')).toBe(1);
  });

  it('tells the second to come back when the first takes long', async () => {
    const [started, mayEnd] = [deferred<void>(), deferred<void>()];
    const onCreate = (): Promise<void> => {
      started.resolve();
      return mayEnd.promise;
    };
    const { edge } = await edgeWith({ onCreate, repeatWaitMs: 0 });
    const first = create(edge);
    await started.promise;
    const second = await create(edge);
    mayEnd.resolve();
    expect((await first).statusCode).toBe(201);
    expect([second.statusCode, second.json().code]).toEqual([409, 'idempotency.in-progress']);
    expect(second.headers['retry-after']).toBe('1');
  });

  it('runs again after a failure', async () => {
    const faults = [new AppError('log.unavailable', { retryable: true })];
    const onCreate = async (): Promise<void> => {
      const fault = faults.pop();
      if (fault) throw fault;
    };
    const { edge } = await edgeWith({ onCreate });
    expect((await create(edge)).statusCode).toBe(503);
    expect((await create(edge)).statusCode).toBe(201);
    expect(edge.runs.get('createParcel')).toBe(2);
  });

  it('without the cache the id is still derived, so a retry meets its own event', async () => {
    const { edge, answers } = await edgeWith();
    answers.away = true;
    const [one, two] = [await create(edge), await create(edge)];
    expect(one.json().id).toMatch(/^[0-9a-f]{32}$/);
    expect(one.json().id).toBe(two.json().id);
    expect(edge.runs.get('createParcel')).toBe(2);
  });

  it('without the header nothing is derived', async () => {
    const { edge } = await edgeWith();
    const headers = { authorization: 'Bearer member' };
    const payload = { name: 'book', weight: 2 };
    const answer = await edge.fastify.inject({ method: 'POST', url: '/parcels', headers, payload });
    expect(answer.json().id).toBe('minted-1');
  });
});

describe('fingerprint', () => {
  const scope = { principal: anonymous, routeId: 'signUp', input: { body: { a: 1, b: [2] } } };

  it('does not depend on the order of keys but on everything else', () => {
    const swapped = { ...scope, input: { body: { b: [2], a: 1 } } };
    expect(fingerprint(swapped, 'k')).toBe(fingerprint(scope, 'k'));
    const others = [
      fingerprint(scope, 'other'),
      fingerprint({ ...scope, routeId: 'other' }, 'k'),
      fingerprint({ ...scope, input: { body: { a: 1, b: [3] } } }, 'k'),
      fingerprint({ ...scope, principal: { ...anonymous, tenant: 't' } }, 'k'),
    ];
    expect(new Set([...others, fingerprint(scope, 'k')]).size).toBe(5);
  });

  it('keeps strangers with the same key apart', () => {
    const other = { ...scope, input: { body: {} } };
    expect(idempotentRequest('1', scope)?.id).not.toBe(idempotentRequest('1', other)?.id);
    expect(idempotentRequest('1', scope)).toEqual(idempotentRequest('1', scope));
  });

  it('sorts keys at every level', () => {
    expect(canonicalJson({ b: { d: 1, c: [{ z: 1, y: 2 }] }, a: null })).toBe(
      '{"a":null,"b":{"c":[{"y":2,"z":1}],"d":1}}',
    );
  });
});
