import { projectionName } from '@trunkline/contracts';
import type { Mongo } from '../../mongo/index.js';
import { DeadLetters, type StoredLetter } from '../projector/dead-letters.js';
import type { ProjectedDocument, Projection } from './projection.js';
import { previousCollection } from './previous-documents.js';
import { SideRun, type SideRunLimits } from './rebuild-side.js';
import type { ProjectorDependencies } from '../projector/projector.js';

export interface RebuildReport {
  readonly collection: string;
  /** Where the documents from before are kept for one release; none if there were none. */
  readonly previous: string | undefined;
  readonly documents: number;
  /** Aggregates the projection fails on. */
  readonly parked: number;
}

const CATCH_UP_MS = 10 * 60_000;

export { previousCollection };

/**
 * Builds the read model anew from the first event on and puts it in the place of the live one,
 * while the live projector runs on. The side run goes on into the live collection after the
 * swap, until it has seen everything the live projector may have acknowledged before it.
 */
export async function rebuildProjection<Doc extends ProjectedDocument>(
  projection: Projection<Doc>,
  dependencies: ProjectorDependencies,
  limits: SideRunLimits = { catchUpMs: CATCH_UP_MS },
): Promise<RebuildReport> {
  const { mongo, nc } = dependencies;
  const name = projectionName(projection.definition);
  const side = new SideRun(projection, { purpose: 'rebuild', dependencies });
  const letters = await DeadLetters.open(nc);
  const { nextSeq } = await letters.snapshot(name);
  try {
    await side.build(limits);
    const previous = await keepPrevious(mongo, name);
    await side.catchUp(limits);
    await side.continueInto(name, async () => {
      await mongo.platformCollection(side.collection).rename(name, { dropTarget: true });
    });
    await side.catchUp(limits);
    const meanwhile = await letters.since(name, nextSeq);
    await settleLetters(letters, { name, side });
    await rewriteAgain(letters, meanwhile);
    const documents = await mongo.platformCollection(name).countDocuments();
    return { collection: name, previous, documents, parked: side.parked.length };
  } finally {
    await side.end();
  }
}

/** A copy made by the server: a rename would leave a moment without a live collection. */
async function keepPrevious(mongo: Mongo, name: string): Promise<string | undefined> {
  const isThere = await mongo.platformDatabase().listCollections({ name }).hasNext();
  if (!isThere) return undefined;
  const previous = previousCollection(name);
  await mongo
    .platformCollection(name)
    .aggregate([{ $out: previous }])
    .toArray();
  return previous;
}

/**
 * Who was forgotten while this ran was rewritten in the collection that has just been replaced;
 * the one in its place may have been built from what was read before.
 */
async function rewriteAgain(
  letters: DeadLetters,
  meanwhile: readonly StoredLetter[],
): Promise<void> {
  for (const letter of meanwhile) {
    // Parked ones are rewritten as soon as they are let go.
    if (letter.state !== 'parked') await letters.ask('rewrite', letter);
  }
}

/** What the live projector had parked is tried again, what fails now is parked. */
async function settleLetters<Doc extends ProjectedDocument>(
  letters: DeadLetters,
  rebuilt: { readonly name: string; readonly side: SideRun<Doc> },
): Promise<void> {
  const failing = new Set(rebuilt.side.parked.map(({ ref }) => JSON.stringify(ref)));
  for (const letter of rebuilt.side.parked) await letters.put(letter);
  for (const letter of await letters.list(rebuilt.name)) {
    if (!failing.has(JSON.stringify(letter.ref))) await letters.ask('released', letter);
  }
}
