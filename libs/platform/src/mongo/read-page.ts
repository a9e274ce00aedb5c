import { AppError } from '@trunkline/kernel';
import { trusted } from './safe-query.js';
import type { TenantCollection, TenantFilter } from './tenant-collection.js';

export interface PageRequest {
  readonly limit: number;
  /** What the page before gave as `nextCursor`. */
  readonly cursor?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

interface Listed {
  readonly _id: string;
  readonly tenant: string;
}

export interface PageQuery<Doc extends Listed> extends PageRequest {
  readonly tenant: string;
  readonly filter: TenantFilter<Doc>;
}

/** By `_id`, which is the cursor, so that what is added or removed meanwhile shifts nothing. */
export async function readPageById<Doc extends Listed>(
  collection: TenantCollection<Doc>,
  query: PageQuery<Doc> & { readonly newestFirst?: boolean },
): Promise<Page<Doc>> {
  const { tenant, filter, limit, cursor, newestFirst = false } = query;
  const after = newestFirst ? { $lt: cursor } : { $gt: cursor };
  const from = cursor === undefined ? {} : { _id: trusted(after) };
  const found = await collection.find(
    tenant,
    { ...filter, ...from },
    { sort: { _id: newestFirst ? -1 : 1 }, limit: limit + 1 },
  );
  return pageOf(found, limit, (last) => last._id);
}

/**
 * Newest first, by the field that holds when it was made and by id: ids of repeated requests do
 * not sort by time.
 */
export async function readPageByTime<Doc extends Listed>(
  collection: TenantCollection<Doc>,
  query: PageQuery<Doc> & { readonly by: keyof Doc & string },
): Promise<Page<Doc>> {
  const { tenant, filter, by, limit, cursor } = query;
  const parts = [filter, ...(cursor === undefined ? [] : [before(by, cursor)])];
  const wanted: Record<string, unknown> = { [by]: trusted({ $exists: true }), $and: parts };
  const found = await collection.find(tenant, wanted as TenantFilter<Doc>, {
    sort: { [by]: -1, _id: -1 },
    limit: limit + 1,
  });
  return pageOf(found, limit, (last) => cursorAt(String(last[by]), last._id));
}

/** One more was asked for than the page holds, to know whether there is another page. */
function pageOf<Doc>(
  found: readonly Doc[],
  limit: number,
  cursorOf: (last: Doc) => string,
): Page<Doc> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  return { items, nextCursor: more ? cursorOf(last) : null };
}

/** Where the page after this document begins. */
export function cursorAt(time: string, id: string): string {
  return Buffer.from(JSON.stringify([time, id])).toString('base64url');
}

function before(by: string, cursor: string): Record<string, unknown> {
  const [time, id] = parseCursor(cursor);
  return {
    $or: [{ [by]: trusted({ $lt: time }) }, { [by]: time, _id: trusted({ $lt: id }) }],
  };
}

function parseCursor(cursor: string): [time: string, id: string] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const [time, id, ...more]: unknown[] = Array.isArray(parsed) ? parsed : [];
    if (isText(time) && isText(id) && more.length === 0) return [time, id];
  } catch (cause) {
    throw badCursor(cause);
  }
  throw badCursor();
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function badCursor(cause?: unknown): AppError {
  const details = { errors: [{ path: 'query.cursor', code: 'invalid', message: 'not from here' }] };
  return new AppError('request.invalid', { details, ...(cause === undefined ? {} : { cause }) });
}
