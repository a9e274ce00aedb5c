import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_STREAM, projectionName } from '@trunkline/contracts';
import { eventually, parcel } from '@trunkline/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import {
  DeadLetters,
  Projector,
  openOperator,
  runLogCli,
  type ProjectedDocument,
} from '../../src/index.js';
import {
  archiverOf,
  closedParcel,
  dependenciesOf,
  startArchiveWorld,
  type ArchiveWorld,
} from '../archive-kit.js';
import { catalogue, emptyLog, eventOf, newParcel, publish, publishAll } from '../projector-kit.js';

let world: ArchiveWorld;
const running: Projector<ProjectedDocument>[] = [];

beforeAll(async () => {
  world = await startArchiveWorld();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  const manager = await jetstreamManager(world.nc);
  for await (const { name } of manager.consumers.list(EVENT_STREAM)) {
    await manager.consumers.delete(EVENT_STREAM, name);
  }
  await emptyLog(world);
});
afterAll(async () => {
  await world.stop();
});

interface Said {
  readonly code: number;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

async function log(
  args: string,
  more: { readonly signal?: AbortSignal; readonly lines?: string[] } = {},
): Promise<Said> {
  const lines = more.lines ?? [];
  const notes: string[] = [];
  const { nc: connection, mongo, objects, bucket, clock, views } = world;
  const code = await runLogCli({
    args: args.split(' ').filter(Boolean),
    open: () =>
      openOperator({
        connection,
        logMongo: mongo,
        objects,
        catalogue,
        projections: views,
        database: () => Promise.resolve(mongo),
        archiver: { bucket, clock, copies: [], isKnownDurable: () => true },
      }),
    close: () => Promise.resolve(),
    print: (line) => lines.push(line),
    note: (line) => notes.push(line),
    ...(more.signal ? { signal: more.signal } : {}),
  });
  return { code, lines, notes };
}

describe('npm run log', () => {
  it('prints one masked line per event, oldest first', async () => {
    const ref = await closedParcel(world, 'Rosalind');
    const { code, lines } = await log(`tail --tenant ${world.tenant}`);
    expect(code).toBe(0);
    expect(lines).toHaveLength(3);
    const day = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}#\d+ +parcel\.posted /;
    expect(lines[0]).toMatch(day);
    expect(lines[0]).toContain(`${ref.tenant} parcel/${ref.id}  v1  service:test`);
    expect(lines[0]).toContain('recipient=••• pin=••• grams=500');
    const whole = lines.join('\n') + (await log('tail --json')).lines.join('\n');
    expect(whole).not.toContain('Rosalind');
    expect(whole).not.toContain('0000"');
  });

  it('filters by tenant, aggregate, id, type, time and count', async () => {
    const ref = await closedParcel(world);
    const other = await closedParcel(world);
    const count = async (flags: string) => (await log(`tail ${flags}`)).lines.length;
    expect(await count('')).toBe(6);
    expect(await count('--tenant nobody')).toBe(0);
    expect(await count('--aggregate stamp')).toBe(0);
    expect(await count(`--id ${ref.id}`)).toBe(3);
    expect(await count('--type parcel.moved')).toBe(2);
    expect(await count('--limit 4')).toBe(4);
    expect(await count('--since 1h')).toBe(6);
    expect(await count('--since 2100-01-01')).toBe(0);
    expect((await log('tail --limit 1')).lines[0]).toContain(other.id);
  });

  it('follows what arrives until it is interrupted', async () => {
    const lines: string[] = [];
    const stopping = new AbortController();
    const following = log('tail --follow', { lines, signal: stopping.signal });
    const ref = newParcel(world);
    await publish(world, eventOf(ref, 1, parcel.posted()));
    await eventually(() => lines.some((line) => line.includes(ref.id)));
    stopping.abort();
    expect((await following).code).toBe(0);
  });

  it('shows an aggregate from both halves', async () => {
    const ref = await closedParcel(world, 'Rosalind');
    await (await archiverOf(world)).runOnce();
    await publish(world, eventOf(ref, 4, parcel.moved('Delft')));
    const { code, lines } = await log(`show parcel ${ref.id} --tenant ${ref.tenant}`);
    expect(code).toBe(0);
    expect(lines.map((line) => / {2}v(\d) {2}/.exec(line)?.[1])).toEqual(['1', '2', '3', '4']);
    expect(lines.map((line) => line.includes('  cold'))).toEqual([true, true, true, false]);
    expect(lines.join('\n')).not.toContain('Rosalind');
    expect((await log('show parcel none --tenant t1')).code).toBe(1);
  });

  it('masks the whole of an event that no code knows', async () => {
    const ref = newParcel(world);
    const event = { ...eventOf(ref, 1, parcel.posted('Rosalind')), schema: 99 };
    await publish(world, event);
    const { lines } = await log('tail');
    expect(lines[0]).toContain('•••');
    expect(lines[0]).not.toContain('Rosalind');
  });

  it('lists what is parked, and releases it', async () => {
    const projection = projectionName(world.views[0]!.definition);
    const ref = await closedParcel(world);
    const letters = await DeadLetters.open(world.nc);
    const at = new Date().toISOString();
    await letters.put({ state: 'parked', projection, ref, at, v: 2, reason: 'no such place' });
    const { lines } = await log('dead');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`parked  ${projection}  ${ref.tenant} parcel/${ref.id} v2`);
    expect(lines[0]).toContain('no such place');
    const one = `--tenant ${ref.tenant} --aggregate parcel --id ${ref.id}`;
    expect((await log(`replay ${projection} ${one}`)).code).toBe(0);
    expect((await letters.get(projection, ref))?.state).toBe('released');
  });

  it('rebuilds and verifies a read model, and exits 1 when it differs', async () => {
    const view = world.views[0]!;
    const name = projectionName(view.definition);
    const ref = await closedParcel(world);
    const projector = new Projector(view, dependenciesOf(world));
    running.push(projector);
    await projector.start();
    await projector.caughtUp();
    expect(await log(`verify ${name}`)).toMatchObject({
      code: 0,
      lines: [expect.stringContaining('equal')],
    });
    const documents = world.mongo.platformCollection<{ _id: string; places: string[] }>(name);
    await documents.updateOne({ _id: ref.id }, { $set: { places: ['planted'] } });
    const differing = await log(`verify ${name}`);
    expect(differing.code).toBe(1);
    expect(differing.lines.join('\n')).toContain(ref.id);
    expect((await log(`rebuild ${name}`)).code).toBe(0);
    expect((await log(`verify ${name}`)).code).toBe(0);
  });

  it('archives, and only says what it would do in a dry run', async () => {
    await closedParcel(world);
    const dry = await log('archive --dry-run');
    expect(dry.lines[0]).toBe('would move 1 aggregates, 3 events into 1 segments');
    const real = await log('archive');
    expect(real.lines[0]).toBe('moved 1 aggregates, 3 events into 1 segments');
  });

  it('erases only with --yes, and only once', async () => {
    const ref = newParcel(world);
    await publishAll(world, ref, [parcel.posted('Rosalind')]);
    const command = `erase parcel ${ref.id} --tenant ${ref.tenant}`;
    expect((await log(command)).code).toBe(2);
    for (let time = 1; time <= 2; time += 1) {
      const { code, lines } = await log(`${command} --yes`);
      expect([code, lines[0]]).toEqual([0, `parcel/${ref.id}: complete`]);
    }
    const { events } = await world.store.load(ref);
    expect(events.map(({ type }) => type)).toEqual(['parcel.posted', 'parcel.erased']);
    expect(events[0]?.data).toMatchObject({ recipient: '[redacted]' });
    expect(events[1]?.actor.kind).toBe('operator');
  });

  it('does not erase a user by the fact alone, and says what forgets a person', async () => {
    const { code, notes } = await log('erase user u1 --tenant platform --yes');
    expect(code).toBe(2);
    expect(notes[0]).toContain('npm run admin -- erase-person');
  });

  it('builds the index of the cold half anew and sweeps what no manifest speaks for', async () => {
    const ref = await closedParcel(world);
    await log('archive');
    await world.mongo.platformCollection('log_cold').deleteMany({});
    expect((await log(`show parcel ${ref.id} --tenant ${ref.tenant}`)).code).toBe(1);
    const { bucket, objects } = world;
    const stray = { bucket, name: `${ref.tenant}/2026-01-01/stray.g1.ndjson.zst` };
    await objects.put(stray, Buffer.from('half'), { contentType: 'application/zstd' });
    const { code, lines } = await log('index');
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^[1-9]\d* segments indexed, 1 orphans deleted$/);
    expect((await log(`show parcel ${ref.id} --tenant ${ref.tenant}`)).lines).toHaveLength(3);
    expect(await objects.stat(stray)).toBeUndefined();
  });

  it.each([
    'nonsense',
    'tail --colour',
    'tail --limit 0',
    'tail --since yesterday-ish',
    'tail --tenant a.b',
    'show parcel',
    'show parcel a.b --tenant t1',
    'show parcel x',
    'rebuild nothing-v1',
    'erase stamp x --tenant t1 --yes',
  ])('refuses "%s" with exit code 2', async (args) => {
    const { code, notes } = await log(args);
    expect(code).toBe(2);
    expect(notes[0]).toContain('--help');
  });

  it.each(['tail', 'show', 'dead', 'replay', 'rebuild', 'verify', 'archive', 'index', 'erase'])(
    'explains %s',
    async (command) => {
      const { code, lines } = await log(`${command} --help`);
      expect(code).toBe(0);
      expect(lines[0]).toContain(`npm run log -- ${command}`);
      expect((await log('--help')).lines.join('\n')).toContain(command);
    },
  );
});
