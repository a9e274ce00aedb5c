import { z } from 'zod';
import { markOf } from '../marks.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What to send or what comes back, as JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...body } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => unwrapMark(zodSchema, jsonSchema),
  }) as Record<string, unknown>;
  return body;
}

/** A marked field is a union with its redacted value: the caller only meets the other half. */
function unwrapMark(zodSchema: unknown, jsonSchema: Record<string, unknown>): void {
  const mark = markOf(zodSchema as z.ZodType);
  const alternatives = jsonSchema['anyOf'];
  if (!mark || !Array.isArray(alternatives)) return;
  delete jsonSchema['anyOf'];
  Object.assign(jsonSchema, alternatives[1]);
  jsonSchema[`x-${mark.kind}`] = true;
}

/** References inside a schema count from its own root; here it moves below `root`. */
export function rebaseRefs(schema: unknown, root: string): unknown {
  if (Array.isArray(schema)) return schema.map((item) => rebaseRefs(item, root));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      const isRef = key === '$ref' && typeof value === 'string' && value.startsWith('#');
      return [key, isRef ? `${root}${value.slice(1)}` : rebaseRefs(value, root)];
    }),
  );
}
