import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ConfigError } from '../config/load-config.js';

const ed25519 = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string().min(1).max(128),
  x: z.string().min(43).max(43),
  d: z.string().min(43).max(43).optional(),
  use: z.string().optional(),
});

export interface Ed25519Jwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly kid: string;
  readonly x: string;
  /** Present in private keys only. */
  readonly d?: string | undefined;
  /** Ours: "access" or "principal". */
  readonly use?: string | undefined;
}

const keySet = z.looseObject({ keys: z.array(ed25519).min(1).max(32) });

/** `setting` names the file's setting in the error, which never quotes the file. */
export async function readJwks(path: string, setting: string): Promise<Ed25519Jwk[]> {
  const refuse = (reason: string): ConfigError => new ConfigError([{ name: setting, reason }]);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw Object.assign(refuse('the file cannot be read'), { cause: error });
  }
  const parsed = keySet.safeParse(parseJson(text));
  if (!parsed.success) throw refuse('the file is not a JWKS of Ed25519 keys, each with a kid');
  return parsed.data.keys;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
