import { createHash } from 'node:crypto';
import type { StoredDocument } from './view-writer-fold.js';

export type DifferenceKind =
  /** Same versions, other content: the projection is not what it was, or somebody wrote by hand. */
  | 'content'
  /** Not in the live collection. */
  | 'missing'
  /** In the live collection, but the log knows nothing of it. */
  | 'extra'
  /** One side has seen events the other has not. */
  | 'behind'
  /** The live projector has parked an aggregate of it. */
  | 'parked';

export interface Difference {
  readonly id: string;
  readonly kind: DifferenceKind;
}

export function compareDocuments(
  live: StoredDocument | undefined,
  built: StoredDocument | undefined,
): DifferenceKind | undefined {
  if (!live) return built ? 'missing' : undefined;
  if (!built) return 'extra';
  if (canonical(live.v) !== canonical(built.v)) return 'behind';
  return hashOf(live) === hashOf(built) ? undefined : 'content';
}

export function hashOf(document: StoredDocument): string {
  // A rebuilt document was made from the rewritten log at once.
  const { rewrites: _ofNoConcern, ...content } = document;
  return createHash('sha256').update(canonical(content)).digest('hex');
}

/** One text for one value: the order of keys says nothing, the order of lists does. */
export function canonical(value: unknown): string {
  if (value instanceof Date) return `date:${value.toISOString()}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const text = plainText(value);
  if (text !== undefined) return text;
  const fields = Object.entries(value as Record<string, unknown>)
    .filter(([, field]) => field !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${fields.join(',')}}`;
}

/** BSON's own types (Long, Binary, ObjectId) are no bags of fields. */
function plainText(value: object): string | undefined {
  if (!('_bsontype' in value)) return undefined;
  return `${String(value._bsontype)}:${JSON.stringify(value)}`;
}
