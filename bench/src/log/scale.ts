import { ensureStreams } from '@trunkline/platform';
import { startNats, type TestNats } from '@trunkline/testing';
import { ms, perSecond, printTable } from '../table.js';
import { archiveUntil, type ArchiveFigures } from './scale-archive.js';
import { loadClosed, storedEvents, type Batch } from './scale-load.js';
import { measureServer, type ServerFigures } from './scale-server.js';

const MAX_STREAM_BYTES = 4 * 1024 * 1024 * 1024;

interface Size {
  /** Archived: of a million only a share, since all would take half an hour. */
  readonly closing: Batch;
  /** Closed as well, but too young to go. */
  readonly staying: Batch;
}

const crates = (count: number): Batch => ({ aggregate: 'crate', count });
const parcels = (count: number): Batch => ({ aggregate: 'parcel', count });

const quickSizes: readonly Size[] = [
  { closing: crates(20_000), staying: crates(0) },
  { closing: parcels(30_000), staying: crates(1_000) },
];
const fullSizes: readonly Size[] = [
  { closing: crates(100_000), staying: crates(0) },
  { closing: parcels(100_000), staying: crates(1_000) },
  { closing: crates(30_000), staying: crates(970_000) },
];

const head = ['aggregates', 'state', 'events', 'memory', 'disk', 'after TERM', 'after KILL'];

/** Memory, disk and restart of the log, whole and after its closed aggregates have gone cold. */
export async function benchScale(quick: boolean): Promise<void> {
  const rows = [];
  for (const size of quick ? quickSizes : fullSizes) rows.push(...(await measureSize(size)));
  printTable('The log: 2 events an aggregate, loaded without sync, restarted with it', [
    [...head, 'noted', 'moved'],
    ...rows,
  ]);
  console.log('crates carry nothing personal; every event of a parcel does (ADR 0006)');
}

async function measureSize(size: Size): Promise<string[][]> {
  const nats = await startNats({ syncInterval: '2m', maxFileStore: '6GB' });
  try {
    const untilMs = await fill(nats, size);
    await nats.setSyncInterval('always');
    const hot = await measureServer(nats);
    const connection = await nats.connect();
    const loaded = await storedEvents(connection);
    const { count, aggregate } = size.closing;
    const figures = await archiveUntil(connection, { untilMs, archived: count, events: loaded });
    const left = await storedEvents(connection);
    const cold = await measureServer(nats);
    const total = count + size.staying.count;
    const gone = Math.round(((count - figures.waiting) / total) * 100);
    const archived = `${gone} % archived (${aggregate}s)`;
    return [
      [String(total), 'all hot', String(loaded), ...cells(hot), '', ''],
      [String(total), archived, String(left), ...cells(cold), ...rates(figures)],
    ];
  } finally {
    await nats.stop();
  }
}

async function fill(nats: TestNats, { closing, staying }: Size): Promise<number> {
  const connection = await nats.connect();
  await ensureStreams(connection, { replicas: 1, maxBytes: MAX_STREAM_BYTES });
  const untilMs = await loadClosed(connection, closing);
  await loadClosed(connection, staying);
  const stored = await storedEvents(connection);
  if (stored !== (closing.count + staying.count) * 2) throw new Error(`stored only ${stored}`);
  await connection.close();
  return untilMs;
}

function cells(figures: ServerFigures): string[] {
  const { memoryBytes, diskBytes, afterTermMs, afterKillMs } = figures;
  return [megabytes(memoryBytes), megabytes(diskBytes), ms(afterTermMs), ms(afterKillMs)];
}

function rates({ notedPerSecond, movedPerSecond }: ArchiveFigures): string[] {
  return [perSecond(notedPerSecond), perSecond(movedPerSecond)];
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
