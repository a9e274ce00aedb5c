import { projectionName, type AggregateRef } from '@trunkline/contracts';
import { newId } from '../../ids.js';
import { DeadLetters } from '../projector/dead-letters.js';
import type { ProjectedDocument, Projection } from '../views/projection.js';
import type { ProjectorDependencies } from '../projector/projector.js';
import { rebuildProjection } from '../views/rebuild.js';
import { requestReplay } from '../projector/replay.js';
import { verifyProjection } from '../views/verify.js';
import type { Command, Run } from './command.js';
import { UsageError } from './flags.js';
import { refOf } from './read-commands.js';

export const replay: Command = {
  usage: 'replay <projection> [--tenant T --aggregate A --id I]',
  says: 'asks the running projector to go on with what it has parked',
  flags: ['tenant', 'aggregate', 'id'],
  async run(run) {
    const { flags, operator } = run;
    const name = projectionName(projectionOf(run).definition);
    const parts = (['tenant', 'aggregate', 'id'] as const).map((flag) => flags.token(flag));
    const [tenant, aggregate, id] = parts;
    const isSome = parts.some((part) => part !== undefined);
    if (isSome && !(tenant && aggregate && id)) {
      throw new UsageError('one aggregate needs --tenant, --aggregate and --id');
    }
    const ref = tenant && aggregate && id ? { tenant, aggregate, id } : undefined;
    const count = await requestReplay(await DeadLetters.open(operator.connection), name, ref);
    run.print(`${count} released in ${name}`);
    return ref && count === 0 ? 1 : 0;
  },
};

export const rebuild: Command = {
  usage: 'rebuild <projection>',
  says: 'builds a read model from the first event on and puts it in the place of the live one',
  flags: ['json'],
  async run(run) {
    const projection = projectionOf(run);
    const dependencies = await dependenciesFor(run, projection);
    const limits = { catchUpMs: CATCH_UP_MS, signal: run.signal };
    const report = await rebuildProjection(projection, dependencies, limits);
    const { collection, documents, parked } = report;
    if (run.flags.is('json')) run.print(JSON.stringify(report));
    else run.print(`${collection}: ${documents} documents, ${parked} parked`);
    return parked === 0 ? 0 : 1;
  },
};

export const verify: Command = {
  usage: 'verify [projection]',
  says: 'rebuilds read models beside the live ones and compares; all of them without a name',
  flags: ['json'],
  async run(run) {
    const { flags, operator, signal } = run;
    const chosen = flags.words.length > 0 ? [projectionOf(run)] : operator.projections;
    if (chosen.length === 0) run.note('No service is built: npm run build.');
    let isSound = chosen.length > 0;
    for (const projection of chosen) {
      const dependencies = await dependenciesFor(run, projection);
      const limits = { catchUpMs: CATCH_UP_MS, signal };
      const report = await verifyProjection(projection, dependencies, limits);
      const { collection, documents, differences, parked } = report;
      isSound &&= differences.length === 0;
      if (flags.is('json')) run.print(JSON.stringify(report));
      else {
        const verdict = differences.length === 0 ? 'equal' : `${differences.length} DIFFER`;
        run.print(`${collection}: ${verdict}, ${documents} documents, ${parked} parked`);
        for (const { id, kind } of differences) run.print(`  ${id} ${kind}`);
      }
    }
    return isSound ? 0 : 1;
  },
};

export const archive: Command = {
  usage: 'archive [--dry-run]',
  says: 'one pass of the archiver, now',
  flags: ['dry-run', 'json'],
  async run({ operator, flags, print, signal }) {
    const isDryRun = flags.is('dry-run');
    const report = await operator.archiver.runOnce({ isDryRun, signal });
    if (flags.is('json')) {
      print(JSON.stringify(report));
      return 0;
    }
    const { aggregates, events, segments, kept, durables } = report.archive;
    const verb = isDryRun ? 'would move' : 'moved';
    print(`${verb} ${aggregates} aggregates, ${events} events into ${segments} segments`);
    const reasons = Object.entries(kept).filter(([, count]) => count > 0);
    for (const [reason, count] of reasons) print(`  kept ${count}: ${reason}`);
    for (const name of durables.behind) print(`  behind: durable ${name}`);
    for (const name of durables.unknown) print(`  unknown durable ${name}: nobody waits for it`);
    for (const wait of report.erase.waiting) print(`  erasing ${wait.ref} waits for ${wait.for}`);
    return 0;
  },
};

export const index: Command = {
  usage: 'index',
  says: 'builds log_cold anew from the manifests and deletes the data that none speaks for',
  flags: [],
  async run({ operator, print }) {
    const segments = await operator.archiver.rebuildIndex();
    const orphans = await operator.archiver.sweepOrphans();
    print(`${segments} segments indexed, ${orphans} orphans deleted`);
    return 0;
  },
};

export const erase: Command = {
  usage: 'erase <aggregate> <id> --tenant T --yes',
  says: 'forgets the personal fields of one aggregate for ever: appends the fact and rewrites',
  flags: ['tenant', 'data', 'yes'],
  async run(run) {
    const { operator, flags, print, signal } = run;
    const ref = refOf(run);
    // The fact alone would leave memberships, invitations and the claimed address behind.
    if (ref.aggregate === 'user') {
      throw new UsageError(`a person is more than a user: npm run admin -- ${ERASE_PERSON}`);
    }
    if (!flags.is('yes')) throw new UsageError('this cannot be undone: add --yes');
    if (!(await appendErasing(run, ref))) {
      run.note('There is no such aggregate.');
      return 1;
    }
    await operator.archiver.eraseNow(signal);
    const erasure = await operator.archiver.erasures.of(ref);
    const waiting = erasure?.waitingFor ? `, waits for ${erasure.waitingFor}` : '';
    print(`${ref.aggregate}/${ref.id}: ${erasure?.state ?? 'pending'}${waiting}`);
    return erasure && erasure.state !== 'pending' ? 0 : 1;
  },
};

const ERASE_PERSON = 'erase-person --user <id>';
const CATCH_UP_MS = 30 * 60_000;

/** Asked for twice, it is appended once: the second time only the eraser runs again. */
async function appendErasing(run: Run, ref: AggregateRef): Promise<boolean> {
  const { operator, flags, signal } = run;
  const type = erasingType(run, ref.aggregate);
  const { events, position, loadedAtMs } = await operator.store.load(ref, { signal });
  if (events.length === 0) return false;
  if (events.at(-1)?.type === type) return true;
  const id = newId();
  const actor = { kind: 'operator', id: operator.name } as const;
  const data = dataOf(flags.text('data'));
  const event = { type, data, actor, causationId: id, correlationId: id };
  const { outcome } = await operator.store.append({
    ref,
    after: position,
    loadedAtMs,
    event,
    signal,
  });
  if (outcome === 'conflict') return appendErasing(run, ref);
  return true;
}

function erasingType({ operator }: Run, name: string): string {
  const aggregate = operator.catalogue.aggregates.find((one) => one.name === name);
  const found = Object.entries(aggregate?.events ?? {}).find(([, event]) => event.erases);
  if (!found) throw new UsageError(`${name} has no erasing fact`);
  return found[0];
}

function dataOf(text: string | undefined): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(text ?? '{}');
    if (typeof data === 'object' && data !== null) return { ...data };
  } catch {
    throw new UsageError('--data: not JSON');
  }
  throw new UsageError('--data: not an object');
}

function projectionOf({ operator, flags }: Run): Projection<ProjectedDocument> {
  const [wanted, ...more] = flags.words;
  const named = operator.projections.map((one) => [projectionName(one.definition), one] as const);
  const found = named.find(([name]) => name === wanted)?.[1];
  if (found && more.length === 0) return found;
  const names = named.map(([name]) => name).join(', ');
  throw new UsageError(`name one projection of: ${names || '(no service is built)'}`);
}

async function dependenciesFor(
  { operator, note }: Run,
  projection: Projection<ProjectedDocument>,
): Promise<ProjectorDependencies> {
  const { connection: nc, store, cold, catalogue } = operator;
  const tell = (event: string): void => note(event);
  const log = { info: () => undefined, warn: tell, error: tell };
  const mongo = await operator.database(projection.definition.service);
  return { nc, mongo, store, cold, catalogue, log };
}
