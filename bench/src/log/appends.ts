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

/** design.md §11: of raw JetStream publishes in the same process, of the same size and window. */
const BAR = 0.9;
const actor = { kind: 'service', id: 'bench' } as const;
const origin = { actor, causationId: 'bench', correlationId: 'bench' };

interface Writer {
  write(): Promise<void>;
}

interface Figure {
  readonly perSecond: number;
  readonly p50Ms: number;
}

/** Rounds of every kind in turn, so that a noisy machine disturbs all alike. */
export async function benchAppends(quick: boolean): Promise<void> {
  const nats = await startNats();
  try {
    const connection = await nats.connect({ inboxPrefix: '_INBOX_bench', noAsyncTraces: true });
    await ensureStreams(connection, { replicas: 1, maxBytes: 900 * 1024 * 1024 });
    const store = new JetStreamEventStore(connection, { catalogue: parcelCatalogue });
    const rows = [];
    for (const writers of [1, 50]) {
      const total = (quick ? 300 : 1500) * (writers === 1 ? 1 : 4);
      rows.push(await compare({ connection, store, writers, total, rounds: quick ? 2 : 6 }));
    }
    printTable('Appends, acknowledged and fsynced (sync_interval: always)', [
      ['what', 'writers', 'rate', 'p50', 'of bare', 'of raw'],
      ...rows.flatMap(({ cells }) => cells),
    ]);
    for (const { writers, ofRaw } of rows) {
      const verdict = ofRaw >= BAR ? 'met' : 'missed';
      console.log(
        `known sequence, ${writers} writers: ${percent(ofRaw)} of raw, bar 90 %: ${verdict}`,
      );
    }
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

interface Compared {
  readonly writers: number;
  readonly cells: readonly string[][];
  readonly ofRaw: number;
}

const kinds = {
  bare: 'bare publish: no message id, no expectation',
  raw: 'raw JetStream publish, as large and as careful',
  known: 'append, known sequence',
  loaded: 'append, whole aggregate loaded',
} as const;
type Kind = keyof typeof kinds;

async function compare(options: Comparison): Promise<Compared> {
  const { connection, store, writers } = options;
  const make: Record<Kind, () => Writer> = {
    bare: () => bareWriter(connection),
    raw: () => rawWriter(connection),
    known: () => knownWriter(store),
    loaded: () => loadingWriter(store),
  };
  const figures: Record<Kind, Figure[]> = { bare: [], raw: [], known: [], loaded: [] };
  const names = Object.keys(kinds) as Kind[];
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const name of names) {
      const figure = await run(Array.from({ length: writers }, make[name]), options.total);
      // The first round warms the compiler and the connection.
      if (round > 0) figures[name].push(figure);
    }
  }
  const rateOf = (name: Kind): number => median(figures[name].map((one) => one.perSecond));
  const cells = names.map((name) => {
    const rate = rateOf(name);
    const p50 = ms(median(figures[name].map((one) => one.p50Ms)));
    const shares = [percent(rate / rateOf('bare')), percent(rate / rateOf('raw'))];
    return [kinds[name], String(writers), perSecond(rate), p50, ...shares];
  });
  return { writers, cells, ofRaw: rateOf('known') / rateOf('raw') };
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

/** The same event without headers, expectation, parsing or envelope: a floor that promises less. */
function bareWriter(connection: NatsConnection): Writer {
  const js = jetstream(connection);
  const { subject, payload } = rawMessage();
  return {
    async write() {
      await js.publish(subject, payload);
    },
  };
}

/** The same bytes on the wire as an append and the same checks by the server, by its own client. */
function rawWriter(connection: NatsConnection): Writer {
  const js = jetstream(connection);
  const { subject, payload } = rawMessage();
  const aggregate = `bench.parcel.${randomUUID()}`;
  let lastSubjectSequence = 0;
  return {
    async write() {
      const msgID = `${aggregate}.${lastSubjectSequence}.${randomUUID()}`;
      const options = { msgID, expect: { lastSubjectSequence } };
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
