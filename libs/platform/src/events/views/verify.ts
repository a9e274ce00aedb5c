import { projectionName } from '@trunkline/contracts';
import type { Collection } from 'mongodb';
import { DeadLetters } from '../projector/dead-letters.js';
import type { ProjectedDocument, Projection } from './projection.js';
import { pause } from '../projector/projector-letters.js';
import type { ProjectorDependencies } from '../projector/projector.js';
import { SideRun, type SideRunLimits } from './rebuild-side.js';
import { compareDocuments, type Difference } from './verify-compare.js';
import { kindOfMoving } from './verify-moving.js';
import { diffCollections } from './verify-diff.js';
import type { StoredDocument } from './view-writer-fold.js';

export interface VerifyReport {
  readonly collection: string;
  readonly documents: number;
  /** Ids only: what differs may be personal. */
  readonly differences: readonly Difference[];
  /** Aggregates the projection fails on now. */
  readonly parked: number;
}

interface Pair {
  readonly live: Collection<StoredDocument>;
  readonly built: Collection<StoredDocument>;
}

const CATCH_UP_MS = 10 * 60_000;
const LOOKS = 10;
const LOOK_AGAIN_MS = 250;

/**
 * Rebuilds the read model beside the live one and compares. Events may arrive meanwhile: a
 * document that is only behind gets more looks, until one of them finds both sides level; one
 * that never stands still is compared with what its own versions of the log make of it.
 */
export async function verifyProjection<Doc extends ProjectedDocument>(
  projection: Projection<Doc>,
  dependencies: ProjectorDependencies,
  limits: SideRunLimits = { catchUpMs: CATCH_UP_MS },
): Promise<VerifyReport> {
  const { mongo, nc } = dependencies;
  const name = projectionName(projection.definition);
  const side = new SideRun(projection, { purpose: 'verify', dependencies });
  try {
    await side.build(limits);
    const pair = {
      live: mongo.platformCollection<StoredDocument>(name),
      built: mongo.platformCollection<StoredDocument>(side.collection),
    };
    const { documents, differences } = await diffCollections(pair.live, pair.built);
    const lasting = await lookAgain(pair, differences, limits.signal);
    const check = { projection, store: dependencies.store, live: pair.live };
    const sure: Difference[] = [];
    for (const one of lasting) {
      const kind = one.kind === 'behind' ? await kindOfMoving(check, one.id) : one.kind;
      if (kind) sure.push({ id: one.id, kind });
    }
    const parkedIds = await parkedSources(await DeadLetters.open(nc), name);
    return {
      collection: name,
      documents,
      differences: await markParked(pair, sure, parkedIds),
      parked: side.parked.length,
    };
  } finally {
    await side.end();
  }
}

/** What was found may have been one side's delay, or two moments of one document. */
async function lookAgain(
  pair: Pair,
  found: readonly Difference[],
  signal: AbortSignal = new AbortController().signal,
): Promise<Difference[]> {
  let open = [...found];
  for (let look = 1; look <= LOOKS && open.length > 0 && !signal.aborted; look += 1) {
    const still: Difference[] = [];
    for (const { id } of open) {
      const live = await pair.live.findOne<StoredDocument>({ _id: id });
      const built = await pair.built.findOne<StoredDocument>({ _id: id });
      const kind = compareDocuments(live ?? undefined, built ?? undefined);
      if (kind) still.push({ id, kind });
    }
    open = still;
    if (open.every(({ kind }) => kind === 'content')) break;
    await pause(LOOK_AGAIN_MS, signal);
  }
  return open;
}

async function parkedSources(letters: DeadLetters, name: string): Promise<Set<string>> {
  const open = await letters.list(name);
  return new Set(open.map(({ ref }) => `${ref.aggregate} ${ref.tenant}/${ref.id}`));
}

async function markParked(
  pair: Pair,
  differences: readonly Difference[],
  parked: ReadonlySet<string>,
): Promise<Difference[]> {
  const marked: Difference[] = [];
  for (const difference of differences) {
    const { id } = difference;
    const document =
      (await pair.built.findOne<StoredDocument>({ _id: id })) ??
      (await pair.live.findOne<StoredDocument>({ _id: id }));
    const sources = Object.entries(document?.refs ?? {});
    const isParked = sources.some(([aggregate, ref]) => parked.has(`${aggregate} ${ref}`));
    marked.push(isParked ? { id, kind: 'parked' } : difference);
  }
  return marked;
}
