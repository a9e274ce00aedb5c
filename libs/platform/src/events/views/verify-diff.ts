import type { Collection } from 'mongodb';
import { compareDocuments, type Difference } from './verify-compare.js';
import type { StoredDocument } from './view-writer-fold.js';

export interface Diff {
  readonly documents: number;
  readonly differences: Difference[];
}

/** Walks both collections side by side in the order of their ids; holds two documents. */
export async function diffCollections(
  live: Collection<StoredDocument>,
  built: Collection<StoredDocument>,
): Promise<Diff> {
  const differences: Difference[] = [];
  let documents = 0;
  for await (const { id, one, other } of inPairs(inOrder(live), inOrder(built))) {
    documents += 1;
    const kind = compareDocuments(one, other);
    if (kind) differences.push({ id, kind });
  }
  return { documents, differences };
}

interface Pair {
  readonly id: string;
  readonly one: StoredDocument | undefined;
  readonly other: StoredDocument | undefined;
}

async function* inPairs(
  lives: AsyncIterator<StoredDocument>,
  builts: AsyncIterator<StoredDocument>,
): AsyncGenerator<Pair> {
  let one = await next(lives);
  let other = await next(builts);
  for (let pair = pairOf(one, other); pair; pair = pairOf(one, other)) {
    yield pair;
    if (pair.one) one = await next(lives);
    if (pair.other) other = await next(builts);
  }
}

/** The documents of the lower id; nothing when both have ended. */
function pairOf(
  one: StoredDocument | undefined,
  other: StoredDocument | undefined,
): Pair | undefined {
  const order = compareIds(one?._id, other?._id);
  if (order < 0 && one) return { id: one._id, one, other: undefined };
  if (order > 0 && other) return { id: other._id, one: undefined, other };
  return one && { id: one._id, one, other };
}

function inOrder(collection: Collection<StoredDocument>): AsyncIterator<StoredDocument> {
  const cursor = collection.find<StoredDocument>({}, { sort: { _id: 1 }, batchSize: 500 });
  return cursor[Symbol.asyncIterator]();
}

async function next(documents: AsyncIterator<StoredDocument>): Promise<StoredDocument | undefined> {
  const step = await documents.next();
  return step.done ? undefined : step.value;
}

/** As MongoDB sorts text: by its UTF-8 bytes. What has ended comes last. */
function compareIds(one: string | undefined, other: string | undefined): number {
  if (one === undefined) return other === undefined ? 0 : 1;
  if (other === undefined) return -1;
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
