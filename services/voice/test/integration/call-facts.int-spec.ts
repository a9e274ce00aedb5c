import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallFact } from '@trunkline/contracts';
import { ensureStreams, JetStreamEventStore, newEvent } from '@trunkline/platform';
import { eventually, startNats, type TestNats } from '@trunkline/testing';
import {
  FileJournal,
  journalLimits,
  type JournalLimits,
} from '../../src/adapters/journal/file-journal.js';
import { JournaledCallFacts } from '../../src/app/facts/journaled-call-facts.js';
import { endedBy, startedOn } from '../support/call-facts.js';
import { quietLogger } from '../support/door-things.js';

const started = startedOn('pod-1');
const ended = endedBy;
const note = (atMs: number): CallFact => ({ type: 'call.reconnecting', data: { atMs } });
const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const headOf = (callId: string) => ({ tenant: 't-1', callId, correlationId: 'r-1' });
const newCall = (): string => `c${randomUUID().slice(0, 12)}`;

describe('the facts of calls', () => {
  let nats: TestNats;
  let store: JetStreamEventStore;
  let folder: string;
  let open: JournaledCallFacts[];

  beforeAll(async () => {
    nats = await startNats();
    const connection = await nats.connect();
    await ensureStreams(connection, { replicas: 1, maxBytes: 256 * 1024 * 1024 });
    store = new JetStreamEventStore(connection);
  });
  afterAll(() => nats.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'journal-'));
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((facts) => facts.close(soon())));
    await rm(folder, { recursive: true, force: true });
  });

  const factsWith = (limits: Partial<JournalLimits> = {}) => {
    const journal = new FileJournal(folder, { ...journalLimits, ...limits });
    const facts = new JournaledCallFacts({ store, journal, logger: quietLogger().logger });
    open.push(facts);
    return { facts, journal };
  };
  const history = async (callId: string) => {
    const ref = { tenant: 't-1', aggregate: 'call', id: callId };
    return (await store.load(ref, { fromLeader: true })).events;
  };
  const moments = async (callId: string) =>
    (await history(callId))
      .filter(({ type }) => type === 'call.reconnecting')
      .map(({ data }) => (data as { atMs: number }).atMs);

  it('S17 begins a call once', async () => {
    const { facts } = factsWith();
    const callId = newCall();
    await facts.start(headOf(callId), started);
    await expect(facts.start(headOf(callId), started)).rejects.toMatchObject({
      code: 'call.taken',
    });
  });

  it('loses no fact of 20 calls and keeps their order while the log is away', async () => {
    const { facts, journal } = factsWith();
    const calls = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const callId = newCall();
        return { callId, writer: await facts.start(headOf(callId), started) };
      }),
    );
    const writeAll = (from: number, until: number): void => {
      for (let atMs = from; atMs < until; atMs += 1) {
        for (const { writer } of calls) writer.write(note(atMs));
      }
    };
    writeAll(0, 5);
    await nats.kill();
    writeAll(5, 20);
    await Promise.all(calls.map(({ writer }) => writer.settled(soon())));
    expect(journal.bytes).toBeGreaterThan(0);
    expect(facts.hasRoom).toBe(true);
    writeAll(20, 30);
    await nats.start();
    writeAll(30, 35);
    for (const { callId } of calls) {
      await eventually(async () => expect((await moments(callId)).length).toBe(35), {
        deadlineMs: 30_000,
      });
      expect(await moments(callId)).toEqual(Array.from({ length: 35 }, (_, atMs) => atMs));
    }
    await eventually(async () => expect(await readdir(folder)).toEqual([]));
  }, 60_000);

  it('says after a kill -9 what only the disk knew, and nothing twice', async () => {
    const callId = newCall();
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, '../fixtures/facts-process.mjs')],
      {
        env: {
          ...{ PATH: process.env['PATH'], NATS_URL: nats.url, JOURNAL_DIR: folder },
          ...{ CALL_ID: callId, STARTED: JSON.stringify(started) },
        },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    const said: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const heard = (text: string) =>
      eventually(() => said.join('').includes(text), { deadlineMs: 20_000 });
    try {
      await heard('started');
      child.stdin.write('go\n');
      await heard('settled 25');
      // Frozen, it may or may not store what was sent: the worst of all moments.
      await nats.pause();
      child.stdin.write('go\n');
      await heard('settled 50');
    } finally {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      nats.resume();
    }
    const { facts, journal } = factsWith();
    await facts.replay(journal, soon());
    expect(await moments(callId)).toEqual(Array.from({ length: 50 }, (_, atMs) => atMs));
    expect(await readdir(folder)).toEqual([]);
    const ids = (await history(callId)).map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(ids.length);
  }, 60_000);

  it('lets the first end stand, and adds what comes late after it', async () => {
    const { facts } = factsWith();
    const callId = newCall();
    const writer = await facts.start(headOf(callId), started);
    const { position } = await store.load({ tenant: 't-1', aggregate: 'call', id: callId });
    const origin = {
      actor: { kind: 'service', id: 'voice' },
      causationId: 'x',
      correlationId: 'x',
    } as const;
    await store.append({
      ref: { tenant: 't-1', aggregate: 'call', id: callId },
      after: position,
      event: newEvent(ended('error_runtime_lost'), origin),
    });
    writer.write(note(7));
    writer.write(ended('user_hangup'));
    await writer.settled(soon());
    const events = await history(callId);
    expect(events.map(({ type }) => type)).toEqual([
      'call.started',
      'call.ended',
      'call.reconnecting',
    ]);
    expect(events[1]?.data).toMatchObject({ reason: 'error_runtime_lost' });
  });

  it('takes no calls when its journal is nearly full, and ends those it has when it is full', async () => {
    const { facts, journal } = factsWith({
      maxBytes: 6000,
      nearlyFullBytes: 4800,
      reservedBytes: 2000,
    });
    const told: number[] = [];
    facts.onFull(() => void told.push(journal.bytes));
    const callId = newCall();
    const writer = await facts.start(headOf(callId), started);
    await nats.kill();
    for (let atMs = 0; told.length === 0; atMs += 1) {
      writer.write(note(atMs));
      if (atMs > 10) await eventually(() => journal.bytes > 0);
    }
    expect(journal.bytes).toBeLessThanOrEqual(4000);
    writer.write(ended('user_hangup'));
    expect(journal.bytes).toBeGreaterThan(4000);
    expect(told.length).toBe(1);
    await nats.start();
    await eventually(async () => expect((await history(callId)).at(-1)?.type).toBe('call.ended'), {
      deadlineMs: 20_000,
    });
  }, 60_000);
});
