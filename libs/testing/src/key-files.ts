import { generateKeyPairSync, randomBytes, type JsonWebKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface TestKeyFiles {
  /** PRINCIPAL_JWKS_FILE: the public halves of all. */
  readonly principalJwks: string;
  /** TOKEN_KEYS_FILE: what the gateway and the operator sign with. */
  readonly tokenKeys: string;
  /** SERVICE_KEY_FILE of a service by its name. */
  readonly ofService: (name: string) => string;
}

/** The key files of a platform, in a folder that the test removes. */
export async function writeKeyFiles(dir: string, askers: readonly string[]): Promise<TestKeyFiles> {
  const access = newKey('access', 'access');
  const principal = newKey('principal', 'principal');
  const own = askers.map((name) => ({ name, key: newKey('service', `svc-${name}`) }));
  const ofService = (name: string): string => join(dir, `svc-${name}.json`);
  const files = { principalJwks: join(dir, 'jwks.json'), tokenKeys: join(dir, 'tokens.json') };
  const known = [principal, ...own.map(({ key }) => key)].map(publicHalf);
  await Promise.all([
    writeKeys(files.tokenKeys, [access, principal]),
    writeKeys(files.principalJwks, known),
    ...own.map(({ name, key }) => writeKeys(ofService(name), [key])),
  ]);
  return { ...files, ofService };
}

function newKey(use: string, prefix: string): JsonWebKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const kid = `${prefix}-${randomBytes(4).toString('hex')}`;
  return { ...privateKey.export({ format: 'jwk' }), kid, use, alg: 'EdDSA' };
}

function publicHalf({ d: _private, ...rest }: JsonWebKey): JsonWebKey {
  return rest;
}

async function writeKeys(path: string, keys: readonly JsonWebKey[]): Promise<void> {
  await writeFile(path, JSON.stringify({ keys }), { mode: 0o600 });
}
