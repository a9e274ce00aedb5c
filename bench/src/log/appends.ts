import { randomUUID } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  ensureStreams,
  JetStreamEventStore,
  nowhere,
  type EventStore,
  type Position,
} from '@trunkline/platform';
import { eventSubject } from '@trunkline/contracts';
import { parcelCatalogue, startNats } from '@trunkline/testing';
import { median } from '../figures.js';
import { ms, percent, perSecond, printTable } from '../table.js';

const actor = { kind: 'service', id: 'bench' } as const;
const origin = { actor, causationId: 'bench', correlationId: 'bench' };

interface Writer {
  write(): Promise<void>;
}

interface Figure {
  readonly perSecond: number;
  readonly p50Ms: number;
}

/** Rounds of raw, known and loaded in turn, so that a noisy machine disturbs all three alike. */
export async function benchAppends(quick: boolean): Promise<void> {
  const nats = await startNats();
  try {
    const connection = await nats.connect({ inboxPrefix: '_INBOX_bench' });
    await ensureStreams(connection, { replicas: 1, maxBytes: 900 * 1024 * 1024 });
    const store = new JetStreamEventStore(connection, { catalogue: parcelCatalogue });
    const rows = [];
    for (const writers of [1, 50]) {
      const total = (quick ? 300 : 1500) * (writers === 1 ? 1 : 4);
      rows.push(...(await compare({ connection, store, writers, total, rounds: quick ? 2 : 4 })));
    }
    printTable('Appends, acknowledged and fsynced (sync_interval: always)', [
      ['what', 'writers', 'rate', 'p50', 'of raw'],
      ...rows,
    ]);
  } finally {
    await nats.stop();
  }
}

interface Comparison {
  readonly connection: NatsConnection;
  readonly store: EventStore;
  readonly writers: number;
  readonly total: number;
  readonly rounds: number;
}

async function compare(options: Comparison): Promise<string[][]> {
  const { connection, store, writers } = options;
  const kinds = {
    'raw JetStream publish': () => rawWriter(connection),
    'raw, with our message id and expectation': () => guardedRawWriter(connection),
    'append, known sequence': () => knownWriter(store),
    'append, whole aggregate loaded': () => loadingWriter(store),
  };
  const figures: Record<string, Figure[]> = {};
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const [name, make] of Object.entries(kinds)) {
      const figure = await run(Array.from({ length: writers }, make), options.total);
      // The first round warms the compiler and the connection.
      if (round > 0) (figures[name] ??= []).push(figure);
    }
  }
  const raw = median((figures['raw JetStream publish'] ?? []).map((one) => one.perSecond));
  return Object.entries(figures).map(([name, all]) => {
    const rate = median(all.map((one) => one.perSecond));
    const p50 = median(all.map((one) => one.p50Ms));
    return [name, String(writers), perSecond(rate), ms(p50), percent(rate / raw)];
  });
}

async function run(writers: readonly Writer[], total: number): Promise<Figure> {
  const each = Math.floor(total / writers.length);
  const tookMs: number[] = [];
  const startedAtMs = performance.now();
  await Promise.all(
    writers.map(async (writer) => {
      for (let index = 0; index < each; index += 1) {
        const beforeMs = performance.now();
        await writer.write();
        tookMs.push(performance.now() - beforeMs);
      }
    }),
  );
  const elapsedMs = performance.now() - startedAtMs;
  return { perSecond: (tookMs.length / elapsedMs) * 1000, p50Ms: median(tookMs) };
}

const newRef = (): { tenant: string; aggregate: string; id: string } => ({
  tenant: 'bench',
  aggregate: 'parcel',
  id: randomUUID(),
});
const moved = { type: 'parcel.moved', data: { place: 'Chicago, sorting office 4' }, ...origin };

/** The same bytes as an append of ours, without expectation, parsing or envelope. */
function rawWriter(connection: NatsConnection): Writer {
  const js = jetstream(connection);
  const { subject, payload } = rawMessage();
  return {
    async write() {
      await js.publish(subject, payload);
    },
  };
}

/** What of the difference is the server's: it checks the id and the expected sequence. */
function guardedRawWriter(connection: NatsConnection): Writer {
  const js = jetstream(connection);
  const { subject, payload } = rawMessage();
  let lastSubjectSequence = 0;
  return {
    async write() {
      const options = { msgID: `raw.${randomUUID()}`, expect: { lastSubjectSequence } };
      lastSubjectSequence = (await js.publish(subject, payload, options)).seq;
    },
  };
}

function rawMessage(): { readonly subject: string; readonly payload: Uint8Array } {
  const ref = newRef();
  const envelope = { eventId: randomUUID(), ...ref, v: 1, schema: 1, ...moved };
  const event = { ...envelope, occurredAt: new Date().toISOString() };
  const payload = new TextEncoder().encode(JSON.stringify(event));
  return { subject: eventSubject({ ...ref, tenant: 'raw' }), payload };
}

function knownWriter(store: EventStore): Writer {
  const ref = newRef();
  let after: Position = nowhere;
  return {
    async write() {
      const appended = await store.append({ ref, after, event: moved });
      if (appended.outcome !== 'appended') throw new Error('conflict on an aggregate of our own');
      after = appended.position;
    },
  };
}

/** A fresh aggregate every ten events: what a call's command finds when it loads. */
function loadingWriter(store: EventStore): Writer {
  let ref = newRef();
  let written = 0;
  return {
    async write() {
      if (written % 10 === 0) ref = newRef();
      written += 1;
      const history = await store.load(ref);
      const after = history.position;
      const appended = await store.append({ ref, after, event: moved });
      if (appended.outcome !== 'appended') throw new Error('conflict on an aggregate of our own');
    },
  };
}
