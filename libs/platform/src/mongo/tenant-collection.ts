import type {
  ClientSession,
  Collection,
  Document,
  Filter,
  OptionalUnlessRequiredId,
  Sort,
  UpdateFilter,
  WithoutId,
} from 'mongodb';
import { assertPlainData, assertSafeFilter, assertSafeUpdate, assertTenant } from './safe-query.js';

export interface TenantDocument {
  readonly _id: string;
  readonly tenant: string;
}

/** Dotted paths are allowed; operators only wrapped in `trusted(…)`. */
export type TenantFilter<Doc> = {
  readonly [Field in keyof Doc as Exclude<Field, 'tenant'>]?: unknown;
} & {
  readonly [path: string]: unknown;
};

export interface ReadOptions {
  readonly projection?: Readonly<Record<string, 0 | 1>>;
  readonly session?: ClientSession;
}

export interface FindOptions extends ReadOptions {
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  readonly limit?: number;
}

export interface WriteOptions {
  readonly upsert?: boolean;
  readonly session?: ClientSession;
}

const QUERY_LIMIT_MS = 5000;
const DEFAULT_LIMIT = 1000;

/**
 * A collection that can't be asked without saying for whom: the tenant comes first, always,
 * and no filter or update can name another one.
 */
export class TenantCollection<Doc extends TenantDocument> {
  readonly #collection: Collection<Doc>;

  constructor(collection: Collection<Doc>) {
    this.#collection = collection;
  }

  findOne(
    tenant: string,
    filter: TenantFilter<Doc>,
    options: ReadOptions = {},
  ): Promise<Doc | undefined> {
    return this.find(tenant, filter, { ...options, limit: 1 }).then(([first]) => first);
  }

  async find(tenant: string, filter: TenantFilter<Doc>, options: FindOptions = {}): Promise<Doc[]> {
    const { sort, limit = DEFAULT_LIMIT, projection, session } = options;
    const cursor = this.#collection.find(present<Doc>(tenant, filter), {
      limit,
      maxTimeMS: QUERY_LIMIT_MS,
      ...(sort && { sort: sort as Sort }),
      ...(projection && { projection }),
      ...(session && { session }),
    });
    return (await cursor.toArray()) as unknown as Doc[];
  }

  async count(tenant: string, filter: TenantFilter<Doc>): Promise<number> {
    return this.#collection.countDocuments(present<Doc>(tenant, filter), {
      maxTimeMS: QUERY_LIMIT_MS,
    });
  }

  async distinct(tenant: string, field: string, filter: TenantFilter<Doc>): Promise<unknown[]> {
    return this.#collection.distinct(field, present<Doc>(tenant, filter), {
      maxTimeMS: QUERY_LIMIT_MS,
    });
  }

  async insertOne(tenant: string, doc: Doc, options: WriteOptions = {}): Promise<void> {
    assertOwn(tenant, doc);
    const own = doc as OptionalUnlessRequiredId<Doc>;
    await this.#collection.insertOne(own, sessionOf(options));
  }

  async replaceOne(
    tenant: string,
    filter: TenantFilter<Doc>,
    change: { readonly doc: Doc } & WriteOptions,
  ): Promise<{ readonly matched: number }> {
    assertOwn(tenant, change.doc);
    const result = await this.#collection.replaceOne(
      scoped<Doc>(tenant, filter),
      change.doc as unknown as WithoutId<Doc>,
      { upsert: change.upsert ?? false, maxTimeMS: QUERY_LIMIT_MS, ...sessionOf(change) },
    );
    return { matched: 'matchedCount' in result ? result.matchedCount : 0 };
  }

  async updateOne(
    tenant: string,
    filter: TenantFilter<Doc>,
    change: { readonly update: UpdateFilter<Doc> } & WriteOptions,
  ): Promise<{ readonly matched: number }> {
    assertSafeUpdate(change.update);
    const result = await this.#collection.updateOne(scoped<Doc>(tenant, filter), change.update, {
      upsert: change.upsert ?? false,
      maxTimeMS: QUERY_LIMIT_MS,
      ...sessionOf(change),
    });
    return { matched: result.matchedCount };
  }

  async updateMany(
    tenant: string,
    filter: TenantFilter<Doc>,
    update: UpdateFilter<Doc>,
  ): Promise<{ readonly matched: number }> {
    assertSafeUpdate(update);
    const result = await this.#collection.updateMany(scoped<Doc>(tenant, filter), update, {
      maxTimeMS: QUERY_LIMIT_MS,
    });
    return { matched: result.matchedCount };
  }

  async deleteOne(tenant: string, filter: TenantFilter<Doc>): Promise<number> {
    const result = await this.#collection.deleteOne(scoped<Doc>(tenant, filter));
    return result.deletedCount;
  }

  async deleteMany(tenant: string, filter: TenantFilter<Doc>): Promise<number> {
    const result = await this.#collection.deleteMany(scoped<Doc>(tenant, filter));
    return result.deletedCount;
  }
}

function scoped<Doc>(tenant: string, filter: TenantFilter<Doc>): Filter<Doc> {
  assertTenant(tenant);
  assertSafeFilter(filter);
  return { ...filter, tenant } as unknown as Filter<Doc>;
}

function assertOwn(tenant: string, doc: TenantDocument): void {
  assertTenant(tenant);
  if (doc.tenant !== tenant) throw new TypeError('A document belongs to the tenant that writes it');
  assertPlainData('document', doc as unknown as Document);
}

/** What a view has only versions of (`absent`) is no document to whoever reads. */
function present<Doc>(tenant: string, filter: TenantFilter<Doc>): Filter<Doc> {
  return { absent: { $exists: false }, ...scoped<Doc>(tenant, filter) } as Filter<Doc>;
}

function sessionOf(options: WriteOptions): { session?: ClientSession } {
  return options.session ? { session: options.session } : {};
}
