import type { CreateIndexesOptions, Db, Document, IndexSpecification } from 'mongodb';

export interface CollectionShape {
  readonly indexes: readonly {
    readonly keys: IndexSpecification;
    readonly options?: CreateIndexesOptions;
  }[];
  /** Path of a field → the values it may have; Mongo itself refuses any other (row V6). */
  readonly enums?: Readonly<Record<string, readonly string[]>>;
  /** More `$jsonSchema` properties, where an enum says too little. */
  readonly properties?: Readonly<Record<string, Document>>;
  /** Collections of no tenant (sessions by token, claims): indexes need not start with it. */
  readonly platform?: true;
}

/** Creates or adjusts the collection, its validator and its indexes; safe to repeat and to race. */
export async function ensureCollection(
  db: Db,
  name: string,
  shape: CollectionShape,
): Promise<void> {
  if (!shape.platform) for (const { keys } of shape.indexes) assertTenantFirst(name, keys);
  const validator = { $jsonSchema: jsonSchemaOf(shape) };
  const known = await db.listCollections({ name }, { nameOnly: true }).hasNext();
  if (!known) await createUnlessThere(db, name);
  await db.command({ collMod: name, validator, validationLevel: 'strict' });
  for (const { keys, options } of shape.indexes) {
    await db.collection(name).createIndex(keys, options ?? {});
  }
}

async function createUnlessThere(db: Db, name: string): Promise<void> {
  try {
    await db.createCollection(name);
  } catch (error) {
    const isThere = (error as { codeName?: string }).codeName === 'NamespaceExists';
    if (!isThere) throw error;
  }
}

function jsonSchemaOf(shape: CollectionShape): Document {
  const root: Document = { bsonType: 'object', properties: { ...shape.properties } };
  for (const [path, values] of Object.entries(shape.enums ?? {})) {
    const parts = path.split('.');
    const last = parts.pop() ?? path;
    const parent = parts.reduce<Document>((at, part) => {
      at['properties'] ??= {};
      return (at['properties'][part] ??= { bsonType: 'object' });
    }, root);
    parent['properties'] ??= {};
    parent['properties'][last] = { enum: [...values] };
  }
  if (!shape.platform) {
    root['required'] = ['tenant'];
    root['properties']['tenant'] = { bsonType: 'string', minLength: 1 };
  }
  return root;
}

function assertTenantFirst(name: string, keys: IndexSpecification): void {
  if (firstKey(keys) === 'tenant') return;
  throw new TypeError(`An index of ${name} does not start with tenant`);
}

function firstKey(keys: IndexSpecification): string | undefined {
  if (typeof keys === 'string') return keys;
  if (keys instanceof Map) return String(keys.keys().next().value);
  if (Array.isArray(keys)) {
    const [first] = keys as unknown[];
    return Array.isArray(first) ? String(first[0]) : firstKey(first as IndexSpecification);
  }
  return Object.keys(keys)[0];
}
