import { z } from 'zod';
import { markOf } from '../marks.js';

/** Names that give a field away even where nobody marked it. */
const sensitiveName = /secret|token|password|email|phone|number|^key$|apikey/i;

/**
 * Whether an answer of this schema can hold something personal or secret. Such answers are
 * not kept for repeated requests; when in doubt it says yes.
 */
export function carriesMarks(schema: z.ZodType): boolean {
  if (markOf(schema)) return true;
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape as Record<string, z.ZodType>);
    return fields.some(([name, field]) => sensitiveName.test(name) || carriesMarks(field));
  }
  return innerSchemas(schema).some(carriesMarks);
}

function innerSchemas(schema: z.ZodType): readonly z.ZodType[] {
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType];
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  if (schema instanceof z.ZodUnion) return schema.options as readonly z.ZodType[];
  if (schema instanceof z.ZodTuple) return schema._zod.def.items as readonly z.ZodType[];
  if (schema instanceof z.ZodPipe) return [schema.in as z.ZodType, schema.out as z.ZodType];
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodReadonly
  ) {
    return [schema.unwrap() as z.ZodType];
  }
  return [];
}
