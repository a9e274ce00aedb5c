import { z } from 'zod';
import { markOf, type MarkKind } from './marks.js';

export type FieldVisitor = (mark: {
  readonly kind: MarkKind;
  readonly redacted: unknown;
  readonly path: readonly string[];
  readonly value: unknown;
}) => unknown;

/** Copies `data`, replacing every marked field by what the visitor answers. */
export function mapMarkedFields(schema: z.ZodType, data: unknown, visit: FieldVisitor): unknown {
  return walk(schema, data, { visit, path: [] });
}

interface Walk {
  readonly visit: FieldVisitor;
  readonly path: readonly string[];
}

/** The data as a person may see it: secrets and personal fields hidden. */
export function maskFields(
  schema: z.ZodType,
  data: unknown,
  hide: readonly MarkKind[] = ['personal', 'secret'],
): unknown {
  return mapMarkedFields(schema, data, ({ kind, value }) =>
    hide.includes(kind) && value !== null && value !== undefined ? '•••' : value,
  );
}

/** The data after forgetting: every field of the given kinds becomes its redacted value. */
export function redactFields(
  schema: z.ZodType,
  data: unknown,
  kinds: readonly MarkKind[],
): unknown {
  return mapMarkedFields(schema, data, ({ kind, redacted, value }) =>
    kinds.includes(kind) && value !== null && value !== undefined ? redacted : value,
  );
}

function walk(schema: z.ZodType, value: unknown, at: Walk): unknown {
  const mark = markOf(schema);
  if (mark) return at.visit({ ...mark, path: at.path, value });
  if (value === null || value === undefined) return value;
  if (schema instanceof z.ZodObject) return walkObject(schema, value, at);
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    const element = schema.element as z.ZodType;
    return value.map((item, index) => walk(element, item, deeper(at, String(index))));
  }
  if (schema instanceof z.ZodRecord) return walkRecord(schema, value, at);
  return walkWrapped(schema, value, at);
}

function walkObject(schema: z.ZodObject, value: unknown, at: Walk): unknown {
  const out: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  for (const [key, field] of Object.entries(schema.shape)) {
    if (key in out) out[key] = walk(field as z.ZodType, out[key], deeper(at, key));
  }
  return out;
}

function walkRecord(schema: z.ZodRecord, value: unknown, at: Walk): unknown {
  const valueSchema = schema.valueType as z.ZodType;
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([key, item]) => [
      key,
      walk(valueSchema, item, deeper(at, key)),
    ]),
  );
}

function walkWrapped(schema: z.ZodType, value: unknown, at: Walk): unknown {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
  ) {
    return walk(schema.unwrap() as z.ZodType, value, at);
  }
  if (schema instanceof z.ZodUnion) {
    const options = schema.options as readonly z.ZodType[];
    const match = options.find((option) => option.safeParse(value).success);
    return match ? walk(match, value, at) : value;
  }
  return value;
}

function deeper(at: Walk, key: string): Walk {
  return { visit: at.visit, path: [...at.path, key] };
}
