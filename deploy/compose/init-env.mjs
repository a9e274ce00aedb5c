import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';

/** Random secrets for docker compose. Never overwrites: the data of a volume belongs to its keys. */
const keysDir = 'deploy/compose/keys';
const users = ['gateway', 'agents', 'voice', 'campaigns', 'analytics', 'operator', 'sys'];

if (existsSync('.env')) {
  console.error(
    '.env exists already: remove it (and the volumes that belong to it) to start anew.',
  );
  process.exit(1);
}
mkdirSync(keysDir, { recursive: true });
const tokenKeys = ['access', 'principal'].map(makeKey);
const principal = tokenKeys.filter((key) => key.use === 'principal');
const askers = ['voice', 'campaigns', 'analytics'];
const serviceKeys = askers.map((name) => ({ name, key: makeKey('service', `svc-${name}`) }));
const known = [...principal, ...serviceKeys.map(({ key }) => key)].map(publicPart);
write('kek', randomBytes(32).toString('base64'));
write('token-keys.json', JSON.stringify({ keys: tokenKeys }));
write('principal-jwks.json', JSON.stringify({ keys: known }));
for (const { name, key } of serviceKeys) write(`svc-${name}.json`, JSON.stringify({ keys: [key] }));
const lines = [
  ...users.map((user) => `NATS_PASSWORD_${user.toUpperCase()}=p${randomBytes(18).toString('hex')}`), // a leading digit would be read as a number
  `S3_ACCESS_KEY=${randomBytes(10).toString('hex')}`,
  `S3_SECRET_KEY=${randomBytes(20).toString('hex')}`,
  `VOICE_RUNTIME_SIGNING_SECRET=${randomBytes(32).toString('hex')}`,
];
writeFileSync('.env', `${lines.join('\n')}\n`, { mode: 0o600 });
console.log(`wrote .env and ${keysDir}; next: docker compose up -d`);

function makeKey(use, prefix = use) {
  const { privateKey } = generateKeyPairSync('ed25519');
  const kid = `${prefix}-${randomBytes(4).toString('hex')}`;
  return { ...privateKey.export({ format: 'jwk' }), kid, use, alg: 'EdDSA' };
}

function publicPart({ d: _private, ...rest }) {
  return rest;
}

function write(name, text) {
  // Readable by the container's user, which is not this one.
  writeFileSync(`${keysDir}/${name}`, text, { mode: 0o644 });
}
