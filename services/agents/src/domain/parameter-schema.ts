/** Bounds on the JSON schema of a tool's arguments: it is shown to a model and checked in a call. */
export const maxSchemaBytes = 16_384;
export const maxSchemaDepth = 8;

/** No references and no patterns: nothing that could loop, fetch or take exponential time. */
const plainKeywords = new Set([
  'type',
  'title',
  'description',
  'default',
  'examples',
  'enum',
  'const',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'format',
  'minItems',
  'maxItems',
  'uniqueItems',
  'required',
  'minProperties',
  'maxProperties',
]);
const schemaKeywords = new Set(['items', 'additionalProperties', 'not']);
const listKeywords = new Set(['anyOf', 'oneOf', 'allOf']);

type Fields = Readonly<Record<string, unknown>>;

/** The first thing that is out of bounds, as `path: reason`; whether it is valid is asked elsewhere. */
export function schemaOutOfBounds(schema: Fields): string | undefined {
  if (schema['type'] !== 'object') return 'type: must be "object"';
  if (JSON.stringify(schema).length > maxSchemaBytes) return `at most ${maxSchemaBytes} characters`;
  return walk(schema, { path: '', depth: 1 });
}

interface At {
  readonly path: string;
  readonly depth: number;
}

function walk(schema: unknown, at: At): string | undefined {
  if (typeof schema === 'boolean') return undefined;
  if (!isFields(schema)) return `${at.path}: must be a schema`;
  if (at.depth > maxSchemaDepth) return `${at.path}: deeper than ${maxSchemaDepth} levels`;
  for (const [keyword, value] of Object.entries(schema)) {
    const found = walkKeyword(keyword, value, {
      path: at.path === '' ? keyword : `${at.path}.${keyword}`,
      depth: at.depth,
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

function walkKeyword(keyword: string, value: unknown, at: At): string | undefined {
  if (plainKeywords.has(keyword)) return undefined;
  const deeper = { path: at.path, depth: at.depth + 1 };
  if (schemaKeywords.has(keyword)) return walk(value, deeper);
  if (listKeywords.has(keyword)) {
    if (!Array.isArray(value) || value.length > 16) return `${at.path}: a list of up to 16 schemas`;
    return firstOf(
      value.map((item, index) => [String(index), item] as const),
      deeper,
    );
  }
  if (keyword === 'properties') {
    if (!isFields(value)) return `${at.path}: must be an object`;
    const entries = Object.entries(value);
    if (entries.length > 64) return `${at.path}: at most 64 properties`;
    return firstOf(entries, deeper);
  }
  return `${at.path}: this keyword is not supported`;
}

function firstOf(entries: readonly (readonly [string, unknown])[], at: At): string | undefined {
  for (const [name, value] of entries) {
    const found = walk(value, { path: `${at.path}.${name}`, depth: at.depth });
    if (found !== undefined) return found;
  }
  return undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
