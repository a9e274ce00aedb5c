import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_STREAM, PLATFORM_TENANT, type AggregateRef } from '@trunkline/contracts';
import {
  JetStreamEventStore,
  checkNatsServer,
  ensureStreams,
  newEvent,
  newId,
  nowhere,
  requireStreams,
} from '@trunkline/platform';
import { someone, startNats, type TestNats } from '@trunkline/testing';
import { DiscardPolicy, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

const sizes = { replicas: 1, maxBytes: 16 * 1024 * 1024 };
const servers: TestNats[] = [];
let nats: TestNats;
let operator: NatsConnection;
let manager: JetStreamManager;

async function start(options: Parameters<typeof startNats>[0]): Promise<TestNats> {
  const started = await startNats(options);
  servers.push(started);
  return started;
}

beforeAll(async () => {
  nats = await start({ users: true });
  operator = await nats.connect({ user: 'operator' });
  manager = await jetstreamManager(operator);
});

afterAll(() => Promise.all(servers.map((server) => server.stop())));

const releaseOf = (version: string, cluster?: string): NatsConnection =>
  ({ info: { version, cluster } }) as unknown as NatsConnection;

describe('checkNatsServer', () => {
  it.each([
    ['2.9.10', undefined, false],
    ['2.10.26', undefined, false],
    ['2.12.2', undefined, true],
    ['2.12.2', 'main', false],
  ])('refuses %s (cluster %s, expected clustered %s)', async (version, cluster, clustered) => {
    const check = { clustered, production: false };
    await expect(checkNatsServer(releaseOf(version, cluster), check)).rejects.toMatchObject({
      code: 'log.unfit',
      details: { problems: [expect.stringContaining(version)] },
    });
  });

  it('takes the real one, in production too when it syncs always', async () => {
    const { monitorUrl } = nats;
    await checkNatsServer(operator, { clustered: false, production: false });
    await checkNatsServer(operator, { clustered: false, production: true, monitorUrl });
  });

  it('refuses in production a server that syncs every two minutes', async () => {
    const lazy = await start({ syncInterval: '"2m"' });
    const check = { clustered: false, production: true, monitorUrl: lazy.monitorUrl };
    await expect(checkNatsServer(await lazy.connect(), check)).rejects.toMatchObject({
      code: 'log.unfit',
      details: { problems: [expect.stringContaining('does not sync always')] },
    });
  });

  it('refuses in production what it cannot check', async () => {
    const blind = { clustered: false, production: true };
    await expect(checkNatsServer(operator, blind)).rejects.toMatchObject({ code: 'log.unfit' });
    const wrong = { ...blind, monitorUrl: 'http://127.0.0.1:9' };
    await expect(checkNatsServer(operator, wrong)).rejects.toMatchObject({
      code: 'log.unavailable',
    });
  });
});

describe('the streams', () => {
  it('are required before they are made', async () => {
    await expect(requireStreams(operator)).rejects.toMatchObject({
      code: 'log.unfit',
      details: { problems: expect.arrayContaining(['stream EVT is missing']) },
    });
  });

  it('are made once and brought to their settings again', async () => {
    await ensureStreams(operator, sizes);
    await ensureStreams(operator, { ...sizes, maxBytes: 2 * sizes.maxBytes });
    const log = await manager.streams.info(EVENT_STREAM);
    expect(log.config).toMatchObject({
      storage: 'file',
      discard: 'new',
      max_age: 0,
      max_bytes: 2 * sizes.maxBytes,
      allow_direct: true,
      duplicate_window: 600e9,
      num_replicas: 1,
    });
    const leases = await manager.streams.info('KV_leases');
    expect(leases.config).toMatchObject({ storage: 'file', max_age: 15e9 });
    await requireStreams(operator);
  });

  it('are refused when the log could drop events', async () => {
    await manager.streams.update(EVENT_STREAM, { discard: DiscardPolicy.Old, max_age: 3600e9 });
    await expect(requireStreams(operator)).rejects.toMatchObject({
      code: 'log.unfit',
      details: {
        problems: [
          'stream EVT discards old events when it is full',
          'stream EVT lets events expire',
        ],
      },
    });
    await ensureStreams(operator, sizes);
    await requireStreams(operator);
  });
});

describe('a service with its own user', () => {
  const claimOf = (id: string): AggregateRef => ({
    tenant: PLATFORM_TENANT,
    aggregate: 'email-claim',
    id,
  });
  const claimed = newEvent({ type: 'email-claim.claimed', data: { user: 'u1' } }, someone);

  it('appends to what it owns and reads it back, sees the streams, makes none', async () => {
    const gateway = await nats.connect({ user: 'gateway' });
    await requireStreams(gateway);
    const store = new JetStreamEventStore(gateway);
    const ref = claimOf(newId());
    const result = await store.append({ ref, after: nowhere, event: claimed });
    expect(result.outcome).toBe('appended');
    const again = await store.append({ ref, after: nowhere, event: claimed });
    expect(again.outcome).toBe('conflict');
    const direct = await store.load(ref);
    const led = await store.load(ref, { fromLeader: true });
    expect(direct.events).toHaveLength(1);
    expect(led.events).toEqual(direct.events);
    const larger = { ...sizes, maxBytes: 2 * sizes.maxBytes };
    await expect(ensureStreams(gateway, larger)).rejects.toThrow(/[Pp]ermission/);
  });

  it('cannot append to what another service owns, and hears it at once', async () => {
    const voice = await nats.connect({ user: 'voice' });
    const store = new JetStreamEventStore(voice);
    const append = { ref: claimOf(newId()), after: nowhere, event: claimed };
    await expect(store.append(append)).rejects.toMatchObject({ code: 'log.invalid-event' });
  });
});
