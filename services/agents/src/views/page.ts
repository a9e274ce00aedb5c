import { AppError } from '@trunkline/kernel';
import { trusted, type TenantCollection, type TenantFilter } from '@trunkline/platform';

export interface PageRequest {
  readonly limit: number;
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
  /** The field that holds when it was made; ids of repeated requests do not sort by time. */
  readonly by: keyof Doc & string;
}

/** Newest first, by time and id, so that what is added meanwhile shifts nothing. */
export async function readPage<Doc extends Listed>(
  collection: TenantCollection<Doc>,
  query: PageQuery<Doc>,
): Promise<Page<Doc>> {
  const { tenant, filter, by, limit, cursor } = query;
  const parts = [filter, ...(cursor === undefined ? [] : [before(by, cursor)])];
  const wanted: Record<string, unknown> = { [by]: trusted({ $exists: true }), $and: parts };
  const found = await collection.find(tenant, wanted as TenantFilter<Doc>, {
    sort: { [by]: -1, _id: -1 },
    limit: limit + 1,
  });
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  return { items, nextCursor: more ? cursorAt(String(last[by]), last._id) : null };
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
