import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { headers } from '@nats-io/transport-node';
import { defineRequest, requestSubject } from '@trunkline/contracts';
import { AppError, deferred } from '@trunkline/kernel';
import { eventually, startNats, type TestNats } from '@trunkline/testing';
import { z } from 'zod';
import { answer, type RequestContext } from '../../src/index.js';
import { RpcWorld, alice, contextOf, newKey } from './rpc-world.js';

const greet = defineRequest({
  service: 'agents',
  verb: 'greet',
  role: 'member',
  input: z.strictObject({ name: z.string().min(1), tenant: z.string().optional() }),
  output: z.strictObject({ greeting: z.string() }),
  timeoutMs: 2000,
});
const slow = defineRequest({ ...greet, verb: 'slow', timeoutMs: 150 });
const nothing = defineRequest({ ...greet, verb: 'nothing', output: z.undefined() });

const greeting = answer(greet, ({ name }) => Promise.resolve({ greeting: `hello ${name}` }));

describe('requests between services over a real nats-server', () => {
  let nats: TestNats;
  let world: RpcWorld;

  beforeAll(async () => {
    nats = await startNats({ users: true });
  });
  afterAll(() => nats.stop());
  beforeEach(async () => {
    world = new RpcWorld(nats, await newKey('k1'));
  });
  afterEach(() => world.close());

  it('answers, and the other side knows who asks, why and for how long', async () => {
    let seen: RequestContext | undefined;
    const handler = answer(greet, ({ name }, context) => {
      seen = context;
      return Promise.resolve({ greeting: `hello ${name}` });
    });
    await world.replica([handler]);
    const requests = await world.asker();
    const idempotency = { id: 'abc', fingerprint: 'f00' };
    const answered = await requests.ask(greet, { name: 'Bo' }, { ...contextOf(), idempotency });
    expect(answered).toEqual({ greeting: 'hello Bo' });
    expect(seen).toMatchObject({ principal: alice, correlationId: 'request-1', idempotency });
    expect(seen?.signal?.aborted).toBe(false);
  });

  it('listens once for all answers, and each finds its own request', async () => {
    await world.replica([greeting]);
    const connection = await world.connect('gateway');
    const inboxes: string[] = [];
    const subscribe = connection.subscribe.bind(connection);
    connection.subscribe = (subject, options) => {
      inboxes.push(subject);
      return subscribe(subject, options);
    };
    const requests = await world.asker(undefined, connection);
    const names = Array.from({ length: 20 }, (_, index) => `Bo ${index}`);
    const answers = await Promise.all(
      names.map((name) => requests.ask(greet, { name }, contextOf())),
    );
    expect(answers.map((one) => one.greeting)).toEqual(names.map((name) => `hello ${name}`));
    expect(inboxes).toHaveLength(1);
  });

  it('carries an answer that is nothing', async () => {
    await world.replica([answer(nothing, () => Promise.resolve(undefined))]);
    const requests = await world.asker();
    await expect(requests.ask(nothing, { name: 'Bo' }, contextOf())).resolves.toBeUndefined();
  });

  it('says service.unavailable at once when nobody listens', async () => {
    const requests = await world.asker();
    const asking = requests.ask(greet, { name: 'Bo' }, contextOf());
    await expect(asking).rejects.toMatchObject({ code: 'service.unavailable', retryable: true });
  });

  it('says service.timeout when the answer is late, and tells the handler', async () => {
    const told = deferred<unknown>();
    const late = answer(slow, (_input, { signal }) => {
      signal?.addEventListener('abort', () => told.resolve(signal.reason));
      return new Promise(() => undefined);
    });
    await world.replica([late]);
    const requests = await world.asker();
    const asking = requests.ask(slow, { name: 'Bo' }, contextOf());
    await expect(asking).rejects.toMatchObject({ code: 'service.timeout' });
    await expect(told.promise).resolves.toMatchObject({ code: 'service.timeout' });
  });

  it('stops waiting when the asker aborts', async () => {
    await world.replica([answer(greet, () => new Promise(() => undefined))]);
    const requests = await world.asker();
    const leaving = new AbortController();
    const asking = requests.ask(greet, { name: 'Bo' }, { ...contextOf(), signal: leaving.signal });
    leaving.abort(new AppError('request.not-found'));
    await expect(asking).rejects.toMatchObject({ code: 'request.not-found' });
  });

  it('hands a remote AppError on as the same AppError, and a bug as internal', async () => {
    const details = { field: 'name' };
    const refuse = answer(greet, ({ name }) => {
      if (name === 'bug') throw new TypeError('secret text');
      throw new AppError('state.conflict', { retryable: true, details });
    });
    await world.replica([refuse]);
    const requests = await world.asker();
    const refused = requests.ask(greet, { name: 'Bo' }, contextOf());
    await expect(refused).rejects.toMatchObject({
      code: 'state.conflict',
      retryable: true,
      details,
    });
    const failed = requests.ask(greet, { name: 'bug' }, contextOf());
    await expect(failed).rejects.toMatchObject({ code: 'internal', details: {} });
    expect(world.logged.join('')).toContain('"event":"rpc.failed"');
    expect(world.logged.join('')).not.toContain('secret text');
  });

  it.each([
    ['an unknown field', { name: 'Bo', $gt: '' }],
    ['a wrong type', { name: 5 }],
    ['nothing', undefined],
  ])('refuses %s with the field and the reason', async (_what, input) => {
    await world.replica([greeting]);
    const requests = await world.asker();
    const asking = requests.ask(greet, input as never, contextOf());
    await expect(asking).rejects.toMatchObject({
      code: 'request.invalid',
      details: { errors: [expect.objectContaining({ reason: expect.any(String) })] },
    });
  });

  it('refuses a role that is too low and a tenant that is not the principal’s', async () => {
    await world.replica([greeting]);
    const requests = await world.asker();
    const viewer = contextOf({ ...alice, role: 'viewer' });
    await expect(requests.ask(greet, { name: 'Bo' }, viewer)).rejects.toMatchObject({
      code: 'auth.forbidden',
    });
    const foreign = requests.ask(greet, { name: 'Bo', tenant: 'other' }, contextOf());
    await expect(foreign).rejects.toMatchObject({ code: 'request.not-found' });
  });

  it('refuses a forged principal and a missing one', async () => {
    await world.replica([greeting]);
    const forger = await world.asker(await newKey('k1'));
    const forged = forger.ask(greet, { name: 'Bo' }, contextOf({ ...alice, role: 'owner' }));
    await expect(forged).rejects.toMatchObject({ code: 'auth.invalid' });

    const connection = await world.connect('gateway');
    const unsigned = headers();
    unsigned.set('tl-request-id', 'request-1');
    unsigned.set('tl-timeout-ms', '1000');
    const body = JSON.stringify({ pattern: 'x', id: '1', data: { name: 'Bo' } });
    const subject = requestSubject('agents', 'greet');
    const reply = await connection.request(subject, body, { timeout: 2000, headers: unsigned });
    expect(reply.json()).toMatchObject({ err: { code: 'auth.required' } });
  });

  it('refuses what is too large to send, and says internal for an answer that is', async () => {
    const large = 'x'.repeat(300_000);
    await world.replica([answer(greet, () => Promise.resolve({ greeting: large }))]);
    const requests = await world.asker();
    await expect(requests.ask(greet, { name: large }, contextOf())).rejects.toMatchObject({
      code: 'request.too-large',
    });
    await expect(requests.ask(greet, { name: 'Bo' }, contextOf())).rejects.toMatchObject({
      code: 'internal',
    });
  });

  it('answers nothing of a message that is no request', async () => {
    await world.replica([greeting]);
    const connection = await world.connect('gateway');
    connection.publish(requestSubject('agents', 'greet'), 'not json');
    const requests = await world.asker();
    const answered = requests.ask(greet, { name: 'Bo' }, contextOf());
    await expect(answered).resolves.toEqual({ greeting: 'hello Bo' });
  });

  it('shares the work between replicas and each request is answered by one', async () => {
    const counts = [0, 0];
    const counting = (index: number) =>
      answer(greet, ({ name }) => {
        counts[index] = (counts[index] ?? 0) + 1;
        return Promise.resolve({ greeting: name });
      });
    await world.replica([counting(0)]);
    await world.replica([counting(1)]);
    const requests = await world.asker();
    const asking = Array.from({ length: 200 }, () =>
      requests.ask(greet, { name: 'Bo' }, contextOf()),
    );
    await Promise.all(asking);
    expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(200);
    expect(Math.min(...counts)).toBeGreaterThan(40);
  });

  it('works again after the server was killed and restarted', async () => {
    await world.replica([greeting]);
    const requests = await world.asker();
    await requests.ask(greet, { name: 'Bo' }, contextOf());
    await nats.kill();
    await expect(requests.ask(greet, { name: 'Bo' }, contextOf())).rejects.toMatchObject({
      retryable: true,
    });
    await nats.start();
    const answered = await eventually(() => requests.ask(greet, { name: 'Bo' }, contextOf()));
    expect(answered).toEqual({ greeting: 'hello Bo' });
  });

  it('answers what it has taken before a drain ends', async () => {
    const gate = deferred<void>();
    const taken = deferred<void>();
    const leaving = await world.replica([
      answer(greet, async ({ name }) => {
        taken.resolve();
        await gate.promise;
        return { greeting: name };
      }),
    ]);
    const requests = await world.asker();
    const asking = requests.ask(greet, { name: 'Bo' }, contextOf());
    await taken.promise;
    const left = leaving.server
      .drain(AbortSignal.timeout(5000))
      .then(() => leaving.connection.close());
    await world.replica([greeting]);
    const next = requests.ask(greet, { name: 'Cy' }, contextOf());
    await expect(next).resolves.toEqual({ greeting: 'hello Cy' });
    gate.resolve();
    await expect(asking).resolves.toEqual({ greeting: 'Bo' });
    await left;
  });

  it('drains under load without losing a request', async () => {
    const brief = answer(greet, async ({ name }) => {
      await new Promise((resolve) => setImmediate(resolve));
      return { greeting: name };
    });
    const leaving = await world.replica([brief]);
    await world.replica([brief]);
    const requests = await world.asker();
    const outcomes: Promise<unknown>[] = [];
    const done = new AbortController();
    const load = (async () => {
      while (!done.signal.aborted) {
        outcomes.push(requests.ask(greet, { name: 'Bo' }, contextOf()));
        if (outcomes.length % 20 === 0) await outcomes.at(-1);
      }
    })();
    await eventually(() => outcomes.length > 200);
    await leaving.server.drain(AbortSignal.timeout(5000));
    await leaving.connection.close();
    const before = outcomes.length;
    await eventually(() => outcomes.length > before + 200);
    done.abort();
    await load;
    const settled = await Promise.allSettled(outcomes);
    expect(settled.filter((outcome) => outcome.status === 'rejected')).toEqual([]);
  });
});
