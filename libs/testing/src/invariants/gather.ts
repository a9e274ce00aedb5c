import { createHash } from 'node:crypto';
import {
  EVENT_STREAM,
  EVENT_SUBJECTS,
  projectionName,
  projections,
  type CallFact,
} from '@trunkline/contracts';
import { DeadLetters, type ObjectStore } from '@trunkline/platform';
import { DeliverPolicy, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import mongoose from 'mongoose';
import type {
  CallLog,
  CarrierDeed,
  CarrierLeg,
  Circumstances,
  Evidence,
  Letter,
  LoggedEvent,
  StoredFile,
} from './evidence.js';

/** Where the truth is kept. */
export interface Places {
  /** Of the operator. */
  readonly nats: NatsConnection;
  readonly mongoUri: string;
  /** Of analytics. */
  readonly database: string;
  readonly sandboxUrl: string;
  readonly objects: ObjectStore;
  readonly said: () => readonly string[];
}

const BATCH = 1000;
const WAIT_MS = 2000;
const MOST_SEGMENTS = 1000;

export async function gather(places: Places, told: Circumstances): Promise<Evidence> {
  const { nats, objects } = places;
  const events = await readLog(nats);
  const [callLogs, letters, ledger, calls, files, segments] = await Promise.all([
    readCallLogs(places),
    readLetters(nats),
    fromSandbox<{ entries: CarrierDeed[] }>(places, 'ledger'),
    fromSandbox<{ calls: CarrierLeg[] }>(places, 'calls'),
    readFiles(objects, events),
    readSegments(objects, events),
  ]);
  const { acknowledged = [], deaths = [], canaries = [] } = told;
  return {
    ...{
      acknowledged,
      deaths,
      canaries,
      said: places.said(),
      events,
      callLogs,
      letters,
      files,
      segments,
    },
    ...{ deeds: ledger.entries, legs: calls.calls },
  };
}

export async function readLog(nats: NatsConnection): Promise<LoggedEvent[]> {
  const consumer = await jetstream(nats).consumers.get(EVENT_STREAM, {
    filter_subjects: EVENT_SUBJECTS,
    deliver_policy: DeliverPolicy.All,
  });
  const events: LoggedEvent[] = [];
  for (let pending = (await consumer.info()).num_pending; pending > 0;) {
    const batch = await consumer.fetch({
      max_messages: Math.min(BATCH, pending),
      expires: WAIT_MS,
    });
    for await (const message of batch) {
      pending = message.info.pending;
      events.push({ ...message.json<LoggedEvent>(), subject: message.subject });
    }
  }
  return events;
}

async function readCallLogs({ database, mongoUri }: Places): Promise<CallLog[]> {
  const connection = await mongoose.createConnection(mongoUri, { dbName: database }).asPromise();
  try {
    return await connection
      .collection<CallLog>(projectionName(projections.callLogs))
      .find({})
      .toArray();
  } finally {
    await connection.close();
  }
}

async function readLetters(nats: NatsConnection): Promise<Letter[]> {
  const letters = await (await DeadLetters.open(nats)).list();
  return letters.map(({ projection, ref, state }) => ({ state, projection, id: ref.id }));
}

async function fromSandbox<T>({ sandboxUrl }: Places, what: string): Promise<T> {
  const url = `${sandboxUrl}/__control/carriers/${what}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return (await response.json()) as T;
}

async function readFiles(
  objects: ObjectStore,
  events: readonly LoggedEvent[],
): Promise<ReadonlyMap<string, StoredFile>> {
  const keys = (events as readonly unknown[] as readonly CallFact[]).flatMap((fact) => {
    if (fact.type !== 'call.recording-stored') return [];
    const { mono, stereo } = fact.data;
    return [mono.key, ...(stereo ? [stereo.key] : [])];
  });
  const files = new Map<string, StoredFile>();
  for (const key of new Set(keys)) {
    if ((await objects.stat({ bucket: 'recordings', name: key })) === undefined) continue;
    files.set(
      key,
      lookAt(key, Buffer.from(await objects.get({ bucket: 'recordings', name: key }))),
    );
  }
  return files;
}

function lookAt(key: string, bytes: Buffer): StoredFile {
  const isWav = bytes.length >= 44 && bytes.subarray(0, 4).toString() === 'RIFF';
  return {
    key,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    riffBytes: isWav ? bytes.readUInt32LE(4) : null,
    dataBytes: isWav ? bytes.readUInt32LE(40) : null,
  };
}

async function readSegments(
  objects: ObjectStore,
  events: readonly LoggedEvent[],
): Promise<string[]> {
  const names: string[] = [];
  for (const tenant of new Set(events.map((event) => event.tenant))) {
    for await (const { name } of objects.list('spool', `${tenant}/`, MOST_SEGMENTS)) {
      names.push(name);
    }
  }
  return names;
}
