import { trusted, type TenantCollection, type TenantFilter } from '@trunkline/platform';

export interface PageRequest {
  readonly limit: number;
  /** The `_id` of the last document of the page before. */
  readonly cursor?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface PageQuery<Doc> extends PageRequest {
  readonly tenant: string;
  readonly filter: TenantFilter<Doc>;
  readonly newestFirst?: boolean;
}

/** Pages by `_id`, so that what is added or removed meanwhile shifts nothing. */
export async function readPage<Doc extends { readonly _id: string; readonly tenant: string }>(
  collection: TenantCollection<Doc>,
  query: PageQuery<Doc>,
): Promise<Page<Doc>> {
  const { tenant, filter, limit, cursor, newestFirst = false } = query;
  const from = cursor === undefined ? {} : { _id: trusted(after(cursor, newestFirst)) };
  const found = await collection.find(
    tenant,
    { ...filter, ...from },
    { sort: { _id: newestFirst ? -1 : 1 }, limit: limit + 1 },
  );
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?._id ?? null) : null };
}

function after(cursor: string, newestFirst: boolean): Record<string, string> {
  return newestFirst ? { $lt: cursor } : { $gt: cursor };
}
