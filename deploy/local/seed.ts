import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './build.ts';
import { Failure, messageOf } from './failure.ts';
import { step } from './say.ts';
import { randomPassword, readDemo, rememberDemo, type DemoLogin } from './secrets.ts';
import { rootDir, type Env } from './settings.ts';
import { until } from './until.ts';

const admin = join(rootDir, 'services/gateway/dist/admin.js');
const contracts = join(rootDir, 'libs/contracts/dist/index.js');
const email = 'demo@trunkline.local';
const patience = { deadlineMs: 20_000, attemptMs: 5_000, everyMs: 200 };

export interface SeedOptions {
  readonly dataDir: string;
  readonly gatewayUrl: string;
  readonly operator: Env;
  readonly signal: AbortSignal;
}

/**
 * The demo tenant, once per data folder. The password and the seed's name are kept before they are
 * used, so that a seed which was cut short ends with the same login and the same key.
 */
export async function seedDemo(options: SeedOptions): Promise<void> {
  const known = readDemo(options.dataDir);
  if (known?.apiKey || !existsSync(admin)) return;
  await step('seeding a demo tenant', async () => {
    const begun = known ?? { email, password: randomPassword(), seed: randomPassword() };
    rememberDemo(options.dataDir, begun);
    const tenant = begun.tenant ?? (await createOwner(begun, options));
    rememberDemo(options.dataDir, { ...begun, tenant });
    const apiKey = await issueKey(begun, options);
    rememberDemo(options.dataDir, { ...begun, tenant, apiKey });
  });
}

async function createOwner(demo: DemoLogin, { operator, signal }: SeedOptions): Promise<string> {
  // One in sixty-four begins with a dash, which must not be taken for an option.
  const given = ['--email', demo.email, '--tenant', 'Demo', `--password=${demo.password}`];
  const command = [process.execPath, admin, 'create-owner', ...given] as const;
  const { code, output } = await runQuietly([...command], signal, operator);
  const tenant = /^tenant: (\S+)$/m.exec(output)?.[1];
  if (code !== 0 || !tenant) throw new Failure(`The demo tenant was refused: ${output.trim()}`);
  return tenant;
}

/** The read models follow the log, so the first tries may come too early. */
async function issueKey(demo: DemoLogin, options: SeedOptions): Promise<string> {
  const { adminScopes } = (await import(contracts)) as { adminScopes: readonly string[] };
  const body = { name: 'Demo key', kind: 'admin', scopes: adminScopes };
  let apiKey = '';
  const attempt = async (): Promise<void> => {
    const login = { email: demo.email, password: demo.password };
    const { accessToken } = await post({ path: '/v1/auth/login', body: login }, options);
    const headers = { authorization: `Bearer ${accessToken}`, 'idempotency-key': demo.seed };
    const { key } = await post({ path: '/v1/api-keys', body, headers }, options);
    apiKey = key ?? '';
  };
  try {
    await until(attempt, patience, options.signal);
  } catch (error) {
    options.signal.throwIfAborted();
    throw new Failure(`The demo tenant has no API key: ${messageOf(error)}`);
  }
  return apiKey;
}

interface Post {
  readonly path: string;
  readonly body: object;
  readonly headers?: Env;
}

async function post(
  { path, body, headers }: Post,
  { gatewayUrl, signal }: SeedOptions,
): Promise<Env> {
  const response = await fetch(`${gatewayUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(patience.attemptMs)]),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as Env;
}
