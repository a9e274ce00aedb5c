type Fields = Readonly<Record<string, unknown>>;

/** Says what is wrong; `undefined`: nothing. */
type Check = (value: unknown, expected: unknown, path: string) => string | undefined;

const MAX_DEPTH = 16;

/**
 * The first thing in a tool's arguments that its JSON schema does not allow, in words a model
 * can correct itself by. Knows the keywords that services/agents lets into a schema: no
 * references, no patterns. Nothing is compiled, so an author's schema never becomes code.
 */
export function argumentProblem(schema: unknown, value: unknown, path = ''): string | undefined {
  if (schema === false) return `${place(path)} is not allowed`;
  if (!isFields(schema)) return undefined;
  if (path.split('.').length > MAX_DEPTH) return `${place(path)} is too deep`;
  const problem = firstOf(Object.entries(schema), ([keyword, expected]) =>
    Object.hasOwn(checks, keyword) ? checks[keyword]?.(value, expected, path) : undefined,
  );
  return problem ?? (isFields(value) ? fieldsProblem(schema, value, path) : undefined);
}

const checks: Readonly<Record<string, Check>> = {
  type: (value, expected, path) => {
    const names = Array.isArray(expected) ? expected : [expected];
    return unless(
      names.some((name) => hasType(value, name)),
      path,
      `must be ${names.join(' or ')}`,
    );
  },
  enum: (value, expected, path) => {
    const options = Array.isArray(expected) ? expected : [];
    const isOne = options.some((option) => isSame(option, value));
    return unless(isOne, path, `must be one of ${JSON.stringify(options)}`);
  },
  const: (value, expected, path) =>
    unless(isSame(expected, value), path, `must be ${JSON.stringify(expected)}`),
  minimum: number((value, limit) => value >= limit, 'must be at least'),
  maximum: number((value, limit) => value <= limit, 'must be at most'),
  exclusiveMinimum: number((value, limit) => value > limit, 'must be more than'),
  exclusiveMaximum: number((value, limit) => value < limit, 'must be less than'),
  multipleOf: number((value, unit) => Number.isInteger(value / unit), 'must be a multiple of'),
  minLength: size(lettersIn, (length, limit) => length >= limit, 'is shorter than'),
  maxLength: size(lettersIn, (length, limit) => length <= limit, 'is longer than'),
  minItems: size(itemsIn, (length, limit) => length >= limit, 'has fewer items than'),
  maxItems: size(itemsIn, (length, limit) => length <= limit, 'has more items than'),
  minProperties: size(fieldsIn, (length, limit) => length >= limit, 'has fewer fields than'),
  maxProperties: size(fieldsIn, (length, limit) => length <= limit, 'has more fields than'),
  uniqueItems: (value, expected, path) => {
    if (expected !== true || !Array.isArray(value)) return undefined;
    const isTwice = value.some((one, index) =>
      value.slice(0, index).some((other) => isSame(one, other)),
    );
    return unless(!isTwice, path, 'has an item twice');
  },
  required: (value, expected, path) => {
    if (!isFields(value) || !Array.isArray(expected)) return undefined;
    const missing = expected.find((name) => !Object.hasOwn(value, String(name)));
    return missing === undefined ? undefined : `${place(inside(path, String(missing)))} is missing`;
  },
  items: (value, schema, path) =>
    firstOf(Array.isArray(value) ? value : [], (item, index) =>
      argumentProblem(schema, item, inside(path, String(index))),
    ),
  allOf: (value, schemas, path) =>
    firstOf(listOf(schemas), (schema) => argumentProblem(schema, value, path)),
  anyOf: (value, schemas, path) => {
    const fits = listOf(schemas).some((schema) => !argumentProblem(schema, value, path));
    return unless(fits, path, 'fits none of the choices');
  },
  oneOf: (value, schemas, path) => {
    const fits = listOf(schemas).filter((schema) => !argumentProblem(schema, value, path));
    return unless(fits.length === 1, path, 'must fit exactly one of the choices');
  },
  not: (value, schema, path) =>
    unless(argumentProblem(schema, value, path) !== undefined, path, 'is not allowed'),
};

function fieldsProblem(schema: Fields, value: Fields, path: string): string | undefined {
  const known = isFields(schema['properties']) ? schema['properties'] : {};
  const rest = schema['additionalProperties'] ?? true;
  return firstOf(Object.entries(value), ([name, field]) =>
    argumentProblem(Object.hasOwn(known, name) ? known[name] : rest, field, inside(path, name)),
  );
}

function hasType(value: unknown, name: unknown): boolean {
  if (name === 'null') return value === null;
  if (name === 'array') return Array.isArray(value);
  if (name === 'object') return isFields(value);
  if (name === 'integer') return Number.isInteger(value);
  return typeof value === name;
}

function number(holds: (value: number, limit: number) => boolean, says: string): Check {
  return (value, limit, path) =>
    typeof value !== 'number' || typeof limit !== 'number' || holds(value, limit)
      ? undefined
      : `${place(path)} ${says} ${limit}`;
}

function size(
  measure: (value: unknown) => number | undefined,
  holds: (length: number, limit: number) => boolean,
  says: string,
): Check {
  return (value, limit, path) => {
    const length = measure(value);
    if (length === undefined || typeof limit !== 'number' || holds(length, limit)) return undefined;
    return `${place(path)} ${says} ${limit}`;
  };
}

function lettersIn(value: unknown): number | undefined {
  return typeof value === 'string' ? [...value].length : undefined;
}

function itemsIn(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}

function fieldsIn(value: unknown): number | undefined {
  return isFields(value) ? Object.keys(value).length : undefined;
}

function firstOf<Item>(
  items: readonly Item[],
  problemOf: (item: Item, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const problem = problemOf(item, index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function unless(isRight: boolean, path: string, says: string): string | undefined {
  return isRight ? undefined : `${place(path)} ${says}`;
}

function inside(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function place(path: string): string {
  return path === '' ? 'the arguments' : path.slice(0, 100);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  }
  if (!isFields(one) || !isFields(other)) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
  );
}
