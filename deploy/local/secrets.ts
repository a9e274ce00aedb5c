import { generateKeyPairSync, randomBytes, type JsonWebKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface DemoLogin {
  readonly email: string;
  readonly password: string;
  /** Names the seeding itself, so that repeating it makes no second key. */
  readonly seed: string;
  readonly tenant?: string;
  readonly apiKey?: string;
  readonly lines?: readonly DemoLine[];
}

/** A number of a simulated carrier that belongs to the demo agent. */
export interface DemoLine {
  readonly carrier: string;
  readonly carrierAccount: string;
  readonly number: string;
  readonly agent: string;
}

/** Random per data folder and never anywhere else. */
export interface Secrets {
  readonly nats: Readonly<Record<string, string>>;
  readonly s3: { readonly accessKey: string; readonly secretKey: string };
  /** Signs the tokens of browser sessions. */
  readonly voiceSigning: string;
  readonly demo?: DemoLogin;
}

export interface KeyFiles {
  readonly kek: string;
  readonly tokenKeys: string;
  readonly principalJwks: string;
  /** Of the services that ask others in their own name. */
  readonly ofServices: Readonly<Record<string, string>>;
}

const askers = ['voice', 'campaigns', 'analytics'];

export function randomPassword(): string {
  return randomBytes(18).toString('base64url');
}

export function writePrivately(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
}

/** Reads the folder's secrets, adding what is missing, for instance the password of a new service. */
export function openSecrets(dataDir: string, natsUsers: readonly string[]): Secrets {
  const path = secretsPath(dataDir);
  const fresh: Secrets = {
    nats: {},
    s3: { accessKey: randomBytes(10).toString('hex'), secretKey: randomPassword() },
    voiceSigning: randomBytes(32).toString('base64url'),
  };
  const known = existsSync(path)
    ? { ...fresh, ...(JSON.parse(readFileSync(path, 'utf8')) as Partial<Secrets>) }
    : fresh;
  const nats = Object.fromEntries(
    natsUsers.map((user) => [user, known.nats[user] ?? randomPassword()]),
  );
  const secrets = { ...known, nats: { ...known.nats, ...nats } };
  writePrivately(path, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

export function rememberDemo(dataDir: string, demo: DemoLogin): void {
  const known = JSON.parse(readFileSync(secretsPath(dataDir), 'utf8')) as Secrets;
  writePrivately(secretsPath(dataDir), `${JSON.stringify({ ...known, demo }, null, 2)}\n`);
}

export function readDemo(dataDir: string): DemoLogin | undefined {
  if (!existsSync(secretsPath(dataDir))) return undefined;
  return (JSON.parse(readFileSync(secretsPath(dataDir), 'utf8')) as Secrets).demo;
}

function secretsPath(dataDir: string): string {
  return join(dataDir, 'secrets.json');
}

/** Made once: what is encrypted or signed under these keys must stay readable after a restart. */
export function openKeyFiles(dataDir: string): KeyFiles {
  const files = {
    kek: join(dataDir, 'kek'),
    tokenKeys: join(dataDir, 'keys/token-keys.json'),
    principalJwks: join(dataDir, 'keys/principal-jwks.json'),
    ofServices: Object.fromEntries(
      askers.map((name) => [name, join(dataDir, `keys/svc-${name}.json`)]),
    ),
  };
  if (!existsSync(files.kek)) writePrivately(files.kek, randomBytes(32).toString('base64'));
  if (!existsSync(files.principalJwks)) writeTokenKeys(files);
  for (const [name, path] of Object.entries(files.ofServices)) {
    if (!existsSync(path)) writeServiceKey(name, path, files.principalJwks);
  }
  return files;
}

/** The private half is written last: its presence means that the others know the public one. */
function writeServiceKey(name: string, path: string, principalJwks: string): void {
  const key = signingKey('service', `svc-${name}`);
  const { d: _private, ...publicHalf } = key;
  const known = JSON.parse(readFileSync(principalJwks, 'utf8')) as { keys: JsonWebKey[] };
  writePrivately(principalJwks, `${JSON.stringify({ keys: [...known.keys, publicHalf] })}\n`);
  writePrivately(path, `${JSON.stringify({ keys: [key] })}\n`);
}

/** The public half is written last, so that its presence means that both are whole. */
function writeTokenKeys(files: KeyFiles): void {
  const access = signingKey('access');
  const principal = signingKey('principal');
  const { d: _private, ...principalPublic } = principal;
  writePrivately(files.tokenKeys, `${JSON.stringify({ keys: [access, principal] })}\n`);
  writePrivately(files.principalJwks, `${JSON.stringify({ keys: [principalPublic] })}\n`);
}

function signingKey(use: string, prefix = use): JsonWebKey & { readonly kid: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = privateKey.export({ format: 'jwk' });
  return { ...jwk, kid: `${prefix}-${randomBytes(6).toString('hex')}`, use, alg: 'EdDSA' };
}
