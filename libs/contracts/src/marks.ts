import { z } from 'zod';

/** What a personal or secret text becomes once it is forgotten. */
export const REDACTED = '[redacted]';

export type MarkKind = 'personal' | 'secret';
interface Mark {
  readonly kind: MarkKind;
  readonly redacted: unknown;
}

const marks = z.registry<Mark>();

/**
 * A field about a person (number, name, transcript, variables). Masked wherever the log is
 * shown and replaced by `redacted` when the person is forgotten; the schema accepts both.
 */
export function personal<T extends z.ZodType>(
  schema: T,
  redacted: unknown = REDACTED,
): z.ZodType<z.output<T>> {
  return mark(schema, 'personal', redacted);
}

/** A field nobody may ever read: hashes, ciphertexts, wrapped keys. */
export function secret<T extends z.ZodType>(schema: T): z.ZodType<z.output<T>> {
  return mark(schema, 'secret', REDACTED);
}

export function markOf(schema: z.ZodType): Mark | undefined {
  return marks.get(schema);
}

function mark<T extends z.ZodType>(
  schema: T,
  kind: MarkKind,
  redacted: unknown,
): z.ZodType<z.output<T>> {
  const marked = z.union([z.custom((value) => isRedacted(value, redacted)), schema]);
  const typed = marked as unknown as z.ZodType<z.output<T>>;
  marks.add(typed, { kind, redacted });
  return typed;
}

function isRedacted(value: unknown, redacted: unknown): boolean {
  return value === redacted || JSON.stringify(value) === JSON.stringify(redacted);
}
