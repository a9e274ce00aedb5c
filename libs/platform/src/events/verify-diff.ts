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
  const lives = inOrder(live);
  const builts = inOrder(built);
  const differences: Difference[] = [];
  let documents = 0;
  let one = await next(lives);
  let other = await next(builts);
  while (one || other) {
    const order = compareIds(one?._id, other?._id);
    const kind = compareDocuments(order <= 0 ? one : undefined, order >= 0 ? other : undefined);
    const id = (order <= 0 ? one : other)?._id ?? '';
    if (kind) differences.push({ id, kind });
    documents += 1;
    if (order <= 0) one = await next(lives);
    if (order >= 0) other = await next(builts);
  }
  return { documents, differences };
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
