import type { Envelope } from '@trunkline/contracts';
import { isAppError, sleep } from '@trunkline/kernel';
import type { Collection } from 'mongodb';
import type { EventStore } from '../store/event-store.js';
import type { ProjectedDocument, Projection } from './projection.js';
import { compareDocuments, type DifferenceKind } from './verify-compare.js';
import { foldEvents, sourcesOf, type StoredDocument } from './view-writer-fold.js';
import { HISTORY_FAULTS } from './view-writer-gaps.js';

const LOOKS = 20;
const LOOK_AGAIN_MS = 100;

export interface MovingCheck<Doc extends ProjectedDocument> {
  readonly projection: Projection<Doc>;
  readonly store: Pick<EventStore, 'load'>;
  readonly live: Collection<StoredDocument>;
}

/**
 * Judges a document that changes faster than two collections can be read: by the events up to
 * the versions it claims. It may lag behind the log only as long as it goes on.
 */
export async function kindOfMoving<Doc extends ProjectedDocument>(
  check: MovingCheck<Doc>,
  id: string,
): Promise<DifferenceKind | undefined> {
  const live = await check.live.findOne<StoredDocument>({ _id: id });
  if (!live) return 'missing';
  const all = await sourceEvents(check, live);
  if (!all) return 'behind';
  const claimed = all.filter((event) => event.v <= (live.v[event.aggregate] ?? 0));
  const expected = foldEvents(check.projection, { _id: id, stored: undefined }, claimed);
  const kind = compareDocuments(live, expected.doc);
  if (kind || claimed.length === all.length) return kind;
  for (let look = 1; look <= LOOKS; look += 1) {
    await sleep(LOOK_AGAIN_MS);
    const later = await check.live.findOne<StoredDocument>({ _id: id });
    if (sumOf(later) > sumOf(live)) return undefined;
  }
  return 'behind';
}

/** Nothing: a history can't be read, so the document can't come to its end. */
async function sourceEvents<Doc extends ProjectedDocument>(
  check: MovingCheck<Doc>,
  document: StoredDocument,
): Promise<Envelope[] | undefined> {
  try {
    const histories: (readonly Envelope[])[] = [];
    for (const ref of sourcesOf(document)) histories.push((await check.store.load(ref)).events);
    return histories.flat();
  } catch (error) {
    if (isAppError(error) && HISTORY_FAULTS.includes(error.code)) return undefined;
    throw error;
  }
}

function sumOf(document: StoredDocument | null): number {
  return Object.values(document?.v ?? {}).reduce((sum, v) => sum + v, 0);
}
