import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Child, type ChildSpec } from './child.ts';
import { refuseTakenPorts } from './ports.ts';
import { runMark } from './run-records.ts';
import { say, seconds } from './say.ts';
import { openKeyFiles } from './secrets.ts';
import { operatorOf } from './servers/nats.ts';
import { forServices, rootDir, type Env, type PortSetting } from './settings.ts';
import type { Stack } from './stack.ts';

export interface Service {
  readonly name: string;
  readonly main: string;
  readonly portSetting: PortSetting;
}

/** In the order of the start; the gateway comes last, so that it is the first to stop. */
const known: readonly Service[] = [
  service('agents', 'AGENTS_PORT'),
  service('voice', 'VOICE_PORT'),
  service('campaigns', 'CAMPAIGNS_PORT'),
  service('analytics', 'ANALYTICS_PORT'),
  { name: 'sandbox', main: 'sandbox/dist/main.js', portSetting: 'SANDBOX_PORT' },
  service('gateway', 'GATEWAY_PORT'),
];

function service(name: string, portSetting: PortSetting): Service {
  return { name, main: `services/${name}/dist/main.js`, portSetting };
}

export function builtServices(): Service[] {
  return known.filter(({ main }) => existsSync(join(rootDir, main)));
}

export function serviceUrl(one: Service, stack: Stack): string {
  return `http://127.0.0.1:${stack.place.ports[one.portSetting]}`;
}

export interface ServiceOptions {
  readonly stack: Stack;
  readonly env: Env;
  readonly signal: AbortSignal;
  readonly adopt: (child: Child) => void;
  /** Restart by node itself when a built file changes. */
  readonly watch?: boolean;
}

export async function startServices(options: ServiceOptions): Promise<Service[]> {
  const built = builtServices();
  const { ports } = options.stack.place;
  await refuseTakenPorts(
    built.map(({ portSetting }) => ({ port: ports[portSetting], setting: portSetting })),
  );
  await Promise.all(built.map((one) => startService(one, options)));
  return built;
}

async function startService(one: Service, options: ServiceOptions): Promise<void> {
  const startedAtMs = performance.now();
  const child = new Child(specOf(one, options), say);
  options.adopt(child);
  await child.start(options.signal);
  say(`✔ ${one.name} (${seconds(startedAtMs)}) ${serviceUrl(one, options.stack)}`);
}

function specOf(one: Service, options: ServiceOptions): ChildSpec {
  const { stack, env, watch } = options;
  const { dataDir, ports } = stack.place;
  const watching = watch ? ['--watch', '--watch-preserve-output'] : [];
  return {
    name: one.name,
    kind: 'service',
    command: process.execPath,
    args: [...watching, '--enable-source-maps', join(rootDir, one.main), runMark(dataDir)],
    cwd: rootDir,
    env: serviceEnv(one, stack, env),
    ports: [ports[one.portSetting]],
    dataDir,
    logPath: join(dataDir, 'logs', `${one.name}.log`),
    ready: () => answersReady(serviceUrl(one, stack)),
    // Longer than the services' own budget for draining (SHUTDOWN_BUDGET_MS).
    graceMs: 25_000,
  };
}

export async function answersReady(url: string): Promise<void> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) });
  const body = await response.text();
  if (response.status !== 200)
    throw new Error(`/readyz says ${response.status} ${body.slice(0, 300)}`);
}

function serviceEnv(one: Service, stack: Stack, env: Env): Env {
  const { secrets } = stack.place;
  const password = secrets.nats[one.name];
  const own = password === undefined ? {} : { NATS_USER: one.name, NATS_PASSWORD: password };
  const natsIsOurs = !stack.foreign.includes('NATS_URL');
  const settings: Env = {
    ...commonEnv(stack, env),
    ...(natsIsOurs ? own : {}),
    SERVICE_NAME: one.name,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(stack.place.ports[one.portSetting]),
  };
  const serviceKey = openKeyFiles(stack.place.dataDir).ofServices[one.name];
  if (serviceKey !== undefined) Object.assign(settings, { SERVICE_KEY_FILE: serviceKey });
  if (one.name === 'gateway') Object.assign(settings, gatewayEnv(stack, env));
  if (one.name === 'voice') Object.assign(settings, voiceEnv(stack));
  if (one.name === 'campaigns') Object.assign(settings, publicAddress(stack, env));
  if (reserving.has(one.name)) Object.assign(settings, patience(env));
  if (askVendors.has(one.name)) return { ...standIns(stack, env), ...settings };
  return settings;
}

const reserving = new Set(['gateway', 'campaigns']);

/** A laptop that has just started everything is slower than a voice pod may be. */
function patience(env: Env): Env {
  return { RESERVE_LIMIT_MS: env.RESERVE_LIMIT_MS ?? '2000' };
}

const askVendors = new Set(['agents', 'campaigns', 'voice']);

const aiVendors = ['DEEPGRAM', 'OPENAI', 'CARTESIA', 'GEMINI'];
const vendors = [...aiVendors, 'TWILIO', 'TELNYX', 'PLIVO', 'VOBIZ'];
const houseKeys = new Set(aiVendors);

/** The sandbox answers for every vendor without a key in `.env`. */
function standIns(stack: Stack, env: Env): Env {
  const sandbox = `http://127.0.0.1:${stack.place.ports.SANDBOX_PORT}`;
  const absent = vendors.filter((vendor) => !env[`${vendor}_API_KEY`]);
  return Object.fromEntries(
    absent.flatMap((vendor) => [
      [`${vendor}_BASE_URL`, `${sandbox}/${vendor.toLowerCase()}`],
      ...(houseKeys.has(vendor) ? [[`${vendor}_API_KEY`, 'sandbox']] : []),
    ]),
  );
}

function commonEnv(stack: Stack, env: Env): Env {
  const keys = openKeyFiles(stack.place.dataDir);
  return {
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    ...forServices(env),
    ...stack.settings,
    KEK_FILE: keys.kek,
    PRINCIPAL_JWKS_FILE: keys.principalJwks,
  };
}

function gatewayEnv(stack: Stack, env: Env): Env {
  const { tokenKeys } = openKeyFiles(stack.place.dataDir);
  return { TOKEN_KEYS_FILE: tokenKeys, ...publicAddress(stack, env) };
}

function voiceEnv(stack: Stack): Env {
  const { dataDir, ports, secrets } = stack.place;
  return {
    VOICE_RUNTIME_SIGNING_SECRET: secrets.voiceSigning,
    VOICE_RUNTIME_WS_BASE_URL: `ws://127.0.0.1:${ports.VOICE_PORT}`,
    VOICE_RUNTIME_BASE_URL: `http://127.0.0.1:${ports.VOICE_PORT}`,
    VOICE_POD: 'local',
    VOICE_JOURNAL_DIR: join(dataDir, 'voice', 'journal'),
    VOICE_SPOOL_DIR: join(dataDir, 'voice', 'spool'),
  };
}

/** What carriers sign over has to be the same wherever it is built and checked. */
function publicAddress(stack: Stack, env: Env): Env {
  const url = `http://127.0.0.1:${stack.place.ports.GATEWAY_PORT}`;
  return { PUBLIC_BASE_URL: env.PUBLIC_BASE_URL ?? url };
}

/** For `admin`, `log` and `bench`: the gateway's settings under the operator's name. */
export function operatorEnv(stack: Stack, env: Env): Env {
  const operator = operatorOf(stack.place.natsUsers).user;
  const password = stack.place.secrets.nats[operator];
  return {
    ...commonEnv(stack, env),
    ...gatewayEnv(stack, env),
    ...(stack.foreign.includes('NATS_URL') || password === undefined
      ? {}
      : { NATS_USER: operator, NATS_PASSWORD: password }),
    GATEWAY_URL: `http://127.0.0.1:${stack.place.ports.GATEWAY_PORT}`,
  };
}
