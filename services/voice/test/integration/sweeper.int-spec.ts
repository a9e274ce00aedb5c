import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  connectMongo,
  ensureStreams,
  JetStreamEventStore,
  S3ObjectStore,
  ServiceViews,
  type Mongo,
} from '@trunkline/platform';
import { eventually, startNats, testMongo, type TestNats } from '@trunkline/testing';
import { FileJournal } from '../../src/adapters/journal/file-journal.js';
import { NatsPods } from '../../src/adapters/leases/nats-pods.js';
import { MongoOpenCalls } from '../../src/adapters/mongo/before-tenant.js';
import { FolderSpool } from '../../src/adapters/spool/folder-spool.js';
import { PodFolders } from '../../src/adapters/spool/pod-folders.js';
import { JournaledCallFacts } from '../../src/app/facts/journaled-call-facts.js';
import { PlainPress } from '../../src/app/recording/plain-press.js';
import { RecordingVault } from '../../src/app/recording/recording-vault.js';
import { Sweeper } from '../../src/app/sweeping/sweeper.js';
import { projections, viewEnums } from '../../src/projections.js';
import { startedOn } from '../support/call-facts.js';
import { quietLogger } from '../support/door-things.js';

const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this test needs a real S3 server`);
  return value;
};
const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const { logger } = quietLogger();

describe('what a dead pod leaves', () => {
  const database = testMongo();
  const objects = new S3ObjectStore({
    ...{ endpoint: setting('S3_ENDPOINT'), region: 'us-east-1' },
    ...{ accessKey: setting('S3_ACCESS_KEY'), secretKey: setting('S3_SECRET_KEY') },
  });
  let nats: TestNats;
  let connection: NatsConnection;
  let mongo: Mongo;
  let store: JetStreamEventStore;
  let views: ServiceViews;
  let folder: string;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    nats = await startNats();
    connection = await nats.connect();
    await ensureStreams(connection, { replicas: 1, maxBytes: 64 * 1024 * 1024 });
    // A lease that nobody renews is gone after a second here.
    const manager = await jetstreamManager(connection);
    const { config } = await manager.streams.info('KV_leases');
    const aSecond = 1_000_000_000;
    await manager.streams.update('KV_leases', {
      ...config,
      max_age: aSecond,
      duplicate_window: aSecond,
    });
    mongo = await connectMongo({ uri: database.uri, database: database.database });
    store = new JetStreamEventStore(connection);
    views = new ServiceViews({ projections, enums: viewEnums, mongo, store, logger });
    await views.prepare();
  });
  afterAll(async () => {
    await mongo.close();
    await database.drop();
    await nats.stop();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pods-'));
  });
  afterEach(async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  });

  const kill = async (): Promise<void> => {
    const dying = child;
    child = undefined;
    if (!dying) return;
    const gone = once(dying, 'exit');
    dying.kill('SIGKILL');
    await gone;
  };

  /** Talks on a pod of its own, until it is killed. */
  const talk = async (pod = randomUUID().slice(0, 13)) => {
    const callId = randomUUID().slice(0, 13);
    const tenant = `t${callId.slice(0, 6)}`;
    const script = join(import.meta.dirname, '../fixtures/pod-process.mjs');
    const said: string[] = [];
    child = spawn(process.execPath, [script], {
      env: {
        ...{ PATH: process.env['PATH'], NATS_URL: nats.url, S3_ENDPOINT: setting('S3_ENDPOINT') },
        ...{ S3_ACCESS_KEY: setting('S3_ACCESS_KEY'), S3_SECRET_KEY: setting('S3_SECRET_KEY') },
        ...{ FOLDER: folder, POD: pod, TENANT: tenant, CALL_ID: callId },
        STARTED: JSON.stringify(startedOn(pod)),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    await eventually(() => said.join('').includes('talking'), { deadlineMs: 20_000 });
    for (const event of await historyOf({ tenant, callId })) await views.show(event);
    await eventually(
      async () => {
        const names: string[] = [];
        for await (const { name } of objects.list('spool', `${tenant}/`, 10)) names.push(name);
        return names.length >= 2;
      },
      { deadlineMs: 20_000 },
    );
    return { tenant, callId };
  };

  const historyOf = async ({ tenant, callId }: { tenant: string; callId: string }) =>
    (await store.load({ tenant, aggregate: 'call', id: callId }, { fromLeader: true })).events;

  const openSweeper = () => {
    const hungUp: string[] = [];
    const facts = new JournaledCallFacts({
      ...{ store, logger, journal: new FileJournal(join(folder, 'journal/sweeper')) },
    });
    const vault = new RecordingVault({ objects, logger, press: new PlainPress(objects) });
    const pods = new NatsPods({ connection, pod: 'sweeper', logger });
    const sweeper = new Sweeper({
      ...{ pod: 'sweeper', pods, facts, store, objects, vault, logger },
      ...{ patienceMs: 0, bootMs: Date.now() },
      openCalls: new MongoOpenCalls(mongo),
      remains: new PodFolders({ journal: join(folder, 'journal'), spool: join(folder, 'spool') }),
      legOf: ({ plan }) => ({
        hangUp: () => Promise.resolve(void hungUp.push(plan.callId)),
        transfer: () => Promise.resolve({ outcome: 'refused', reason: 'failed', dial: null }),
        withdrawTransfer: () => undefined,
      }),
    });
    const close = async (): Promise<void> => {
      await vault.close();
      await facts.close(soon());
    };
    return { sweeper, hungUp, close };
  };

  const storedOf = async (call: { tenant: string; callId: string }) =>
    eventually(async () => {
      const found = (await historyOf(call)).find(({ type }) => type === 'call.recording-stored');
      if (!found) throw new Error('not stored yet');
      return found.data as {
        mono: { key: string; sizeBytes: number; sha256: string };
        durationMs: number;
        truncated: boolean;
        by: string;
      };
    });

  it('leaves the calls of a pod alone that answers, although its lease has run out', async () => {
    const call = await talk();
    const { sweeper, hungUp, close } = openSweeper();
    expect(await sweeper.round(soon())).toBe(true);
    expect((await historyOf(call)).map(({ type }) => type)).toEqual([
      'call.started',
      'call.joined',
    ]);
    expect(hungUp).not.toContain(call.callId);
    await close();
  }, 60_000);

  it.each(['with its folder', 'folder and all'])(
    'E5 ends the call of a pod that was killed (%s), once, and stores its recording',
    async (how) => {
      const call = await talk();
      await kill();
      if (how === 'folder and all') await rm(folder, { recursive: true, force: true });
      const { sweeper, hungUp, close } = openSweeper();
      await eventually(async () => {
        await sweeper.round(soon());
        return (await historyOf(call)).some(({ type }) => type === 'call.ended');
      });
      const stored = await storedOf(call);
      expect(stored).toMatchObject({ by: 'sweeper', truncated: how === 'folder and all' });
      expect(stored.durationMs).toBeGreaterThanOrEqual(1000);
      const wav = Buffer.from(await objects.get({ bucket: 'recordings', name: stored.mono.key }));
      expect(wav.length).toBe(stored.mono.sizeBytes);
      expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
      expect(createHash('sha256').update(wav).digest('hex')).toBe(stored.mono.sha256);
      expect(hungUp.filter((one) => one === call.callId)).toEqual([call.callId]);

      for (const event of await historyOf(call)) await views.show(event);
      await sweeper.round(soon());
      const types = (await historyOf(call)).map(({ type }) => type);
      expect(types).toEqual(['call.started', 'call.joined', 'call.ended', 'call.recording-stored']);
      await close();
    },
    60_000,
  );

  it('E5 ends under its own name what it had begun before it was killed', async () => {
    const call = await talk('sweeper');
    await kill();
    const { sweeper, close } = openSweeper();
    await sweeper.round(soon());
    await storedOf(call);
    const types = (await historyOf(call)).map(({ type }) => type);
    expect(types.slice(-2)).toEqual(['call.ended', 'call.recording-stored']);
    await close();
  }, 60_000);

  it('takes away what it had stored already when it died, and nothing else', async () => {
    const spool = new FolderSpool(join(folder, 'spool/sweeper'));
    const facts = new JournaledCallFacts({
      ...{ store, logger, journal: new FileJournal(join(folder, 'journal/own')) },
    });
    const stored = { key: 'k', sizeBytes: 1, sha256: '0'.repeat(64) };
    const about = { stereo: null, peaks: null, durationMs: 20, truncated: false };
    const names = ['kept', 'stored'].map((name) => `tidy.${name}-${randomUUID().slice(0, 8)}`);
    for (const name of names) {
      const callId = name.split('.')[1] ?? '';
      const head = { tenant: 'tidy', callId, correlationId: 'r-1' };
      const writer = await facts.start(head, startedOn('sweeper'));
      if (callId.startsWith('stored')) {
        writer.write({
          type: 'call.recording-stored',
          data: { ...about, mono: stored, by: 'pod' },
        });
      }
      await writer.settled(soon());
      await (await spool.create(name)).close();
    }
    const { sweeper, close } = openSweeper();
    await sweeper.tidy(soon());
    expect(await spool.names()).toEqual([names[0]]);
    await facts.close(soon());
    await close();
  });
});
