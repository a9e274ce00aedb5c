import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readRunning } from '../board.ts';
import { build } from '../build.ts';
import { dataDirFrom, runningLauncher } from '../data-folder.ts';
import { Failure } from '../failure.ts';
import { runNode } from '../foreground.ts';
import { freePorts } from '../ports.ts';
import type { Interruption } from '../interruption.ts';
import { operatorEnv, startServices } from '../services.ts';
import { forServices, rootDir, type Env } from '../settings.ts';
import { withThrowAway } from '../throw-away.ts';

const programs = {
  admin: 'services/gateway/dist/admin.js',
  log: 'libs/platform/dist/events/cli/main.js',
  bench: 'bench/dist/main.js',
} as const;

/** `admin` and `log` act on the running platform, as its operator. */
export function operate(name: 'admin' | 'log') {
  return async (env: Env, interruption: Interruption, args: readonly string[]): Promise<number> => {
    const settings = runningSettings(env);
    if (!settings) throw new Failure('Nothing is running: npm start first.');
    return await runProgram(
      name,
      { args, env: { ...forServices(env), ...settings } },
      interruption.signal,
    );
  };
}

function runningSettings(env: Env): Env | undefined {
  const dataDir = dataDirFrom(env);
  if (runningLauncher(dataDir) === undefined) return undefined;
  return readRunning(dataDir)?.settings;
}

interface Invocation {
  readonly args: readonly string[];
  readonly env: Env;
}

async function runProgram(
  name: keyof typeof programs,
  { args, env }: Invocation,
  signal: AbortSignal,
): Promise<number> {
  const program = join(rootDir, programs[name]);
  if (!existsSync(program)) throw new Failure(`${programs[name]} is not built: npm run build.`);
  const nodeArgs = ['--enable-source-maps', program, ...args];
  return await runNode({ args: nodeArgs, env, signal, ownGroup: false });
}

/** A benchmark must not meet the limits that protect a tenant from its own scripts. */
const unlimited = {
  REQUESTS_PER_MINUTE_PER_IP: '10000000',
  REQUESTS_PER_MINUTE_PER_TENANT: '10000000',
  REQUESTS_PER_MINUTE_PER_KEY: '10000000',
};

/** The callers of the bench are a carrier of their own, in a process of their own. */
function roomForCalls(carrierPort: number): Env {
  return {
    VOICE_MAX_CALLS: '400',
    VOICE_MAX_WAITING_PER_IP: '400',
    LOG_LEVEL: 'warn',
    TWILIO_BASE_URL: `http://127.0.0.1:${carrierPort}/twilio`,
  };
}

/** Idle services would take their share of two cores; the faults kill services of their own. */
const startsItsOwn: ReadonlySet<string> = new Set(['log', 'vad', 'faults']);

/** On servers of its own that vanish afterwards: a running platform's data is not for load. */
export async function bench(
  _env: Env,
  interruption: Interruption,
  args: readonly string[],
): Promise<number> {
  await build(interruption.signal);
  return await withThrowAway(interruption, async (run) => {
    const { signal, adopt } = interruption;
    const stack = await run.startServers();
    const carrierPort = (await freePorts()).SANDBOX_PORT;
    const env = { ...unlimited, ...(args[0] === 'voice' ? roomForCalls(carrierPort) : {}) };
    if (!startsItsOwn.has(args[0] ?? '')) await startServices({ stack, env, signal, adopt });
    const own = {
      ...(process.env as Env),
      ...operatorEnv(stack, {}),
      ...binaryEnv(stack.binaries),
      VOICE_URL: `http://127.0.0.1:${stack.place.ports.VOICE_PORT}`,
      SANDBOX_URL: `http://127.0.0.1:${stack.place.ports.SANDBOX_PORT}`,
      BENCH_CARRIER_PORT: String(carrierPort),
      BENCH_PROCESSES: JSON.stringify(pidsOf(interruption)),
    };
    return await runProgram('bench', { args, env: own }, signal);
  });
}

/** Whose time the bench of the API counts. */
function pidsOf({ children }: Interruption): Readonly<Record<string, number | undefined>> {
  return Object.fromEntries(children.map((child) => [child.spec.name, child.pid]));
}

const binarySettings: Readonly<Record<string, string>> = {
  'nats-server': 'NATS_SERVER_BIN',
  mongod: 'MONGOD_BIN',
  'redis-server': 'REDIS_SERVER_BIN',
  weed: 'WEED_BIN',
  minio: 'MINIO_BIN',
};

/** For tests and benches that start servers of their own, to kill or to pause them. */
export function binaryEnv(binaries: Readonly<Record<string, string>>): Env {
  const pairs = Object.entries(binaries).map(([program, path]) => [binarySettings[program], path]);
  return Object.fromEntries(pairs) as Env;
}
