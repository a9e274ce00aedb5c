import type { z } from 'zod';
import { TooLarge } from '../core/exchange.js';
import type { Exchange } from '../core/stand-in.js';
import { refuse } from './front-door.js';
import { badRequest } from './openai-error.js';

/** `undefined`: it was refused. */
export async function parsedBody<T>(
  exchange: Exchange,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const parsed = schema.safeParse(await jsonOf(exchange));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = issue?.path.join('.') ?? '';
  refuse(exchange, badRequest(`Invalid value: ${param} ${issue?.message ?? ''}`.trim(), param));
  return undefined;
}

async function jsonOf(exchange: Exchange): Promise<unknown> {
  try {
    return JSON.parse((await exchange.body()).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TooLarge) return undefined;
    throw error;
  }
}
