import { z } from 'zod';
import { token } from '../envelope.js';

/** Fields that several bodies and answers share. */
export const emailField = z.email().max(254);
export const personName = z.string().trim().min(1).max(120);
export const newPassword = z.string().min(12).max(128);
export const timestamp = z.iso.datetime();
/** Text of a query string that stands for a number. */
export const pageLimit = z.coerce.number<string>().int().min(1).max(100).default(50);
export const cursor = z.string().regex(/^[A-Za-z0-9_-]{1,256}$/);
export const nothing = z.null();

export const page = z.strictObject({ limit: pageLimit, cursor: cursor.optional() });
export const nextCursor = cursor.nullable();

export function idParam<Name extends string>(name: Name): z.ZodObject<Record<Name, typeof token>> {
  return z.strictObject({ [name]: token } as Record<Name, typeof token>);
}
