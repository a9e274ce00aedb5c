import { z } from 'zod';
import { errorCatalogue, type ErrorCode } from '../errors.js';

const codes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]];

/** RFC 9457, as every refusal looks. */
export const problem = z.strictObject({
  type: z.string().describe('A URN made of the code'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What you can do about it'),
  code: z.enum(codes),
  instance: z.string().describe('The request id: tell it to whoever helps you'),
  errors: z
    .array(z.strictObject({ path: z.string(), code: z.string(), message: z.string() }))
    .optional()
    .describe('Every wrong field at once'),
  details: z.record(z.string(), z.unknown()).optional(),
});
