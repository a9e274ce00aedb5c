/** Follows `#/components/schemas/…` references. */
export function resolve(schema, document) {
  if (typeof schema !== 'object' || schema === null || !('$ref' in schema)) return schema;
  const found = schema.$ref
    .slice(2)
    .split('/')
    .reduce((at, part) => at?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], document);
  return resolve(found, document);
}

const MAX_DEPTH = 6;

/** A value to start from: required fields only, the first of every choice. */
export function exampleOf(schema, document, depth = 0) {
  const known = resolve(schema, document);
  if (typeof known !== 'object' || known === null || depth > MAX_DEPTH) return null;
  const given = givenBy(known);
  if (given !== undefined) return given;
  const inside = (part) => exampleOf(part, document, depth + 1);
  const choices = known.anyOf ?? known.oneOf ?? known.allOf;
  return choices ? inside(choices[0]) : byTypeOf(known, inside);
}

function byTypeOf(schema, inside) {
  return byType[schema.type]?.(schema, inside) ?? null;
}

function givenBy(schema) {
  return schema.const ?? schema.default ?? schema.examples?.[0] ?? schema.enum?.[0];
}

const byType = {
  object: objectOf,
  array: ({ minItems, items }, inside) => (minItems > 0 ? [inside(items)] : []),
  string: textOf,
  integer: ({ minimum }) => minimum ?? 0,
  number: ({ minimum }) => minimum ?? 0,
  boolean: () => false,
};

function objectOf({ required = [], properties = {} }, inside) {
  return Object.fromEntries(required.map((name) => [name, inside(properties[name])]));
}

const byFormat = {
  email: 'someone@example.com',
  uri: 'https://example.com/',
  'date-time': '2026-01-01T00:00:00Z',
  uuid: '00000000-0000-7000-8000-000000000000',
};

function textOf({ format, minLength = 0 }) {
  return (byFormat[format] ?? 'text').padEnd(minLength, '.');
}
