import type { Mongo } from '../../mongo/index.js';
import { DURABLY, limited } from './view-writer-documents.js';

/** Where a rebuild leaves the documents it replaced. */
export function previousCollection(collection: string): string {
  return `${collection}__old`;
}

/** Removes documents there: nobody projects into it, so nothing else would ever redact them. */
export async function forgetPrevious(
  mongo: Pick<Mongo, 'platformCollection'>,
  collection: string,
  ids: readonly string[],
): Promise<void> {
  const previous = mongo.platformCollection<{ _id: string }>(previousCollection(collection));
  await limited(() => previous.deleteMany({ _id: { $in: [...ids] } }, DURABLY));
}
