import { printBoard, readRunning, writeRunning, type Board } from '../board.ts';
import { build } from '../build.ts';
import {
  dataDirFrom,
  emptyDataFolder,
  leaveDataFolder,
  openDataFolder,
  runningLauncher,
  takeDataFolder,
} from '../data-folder.ts';
import { Failure } from '../failure.ts';
import { forEver, type Interruption } from '../interruption.ts';
import { say, step } from '../say.ts';
import { seedDemo } from '../seed.ts';
import { seedLines } from '../seed-lines.ts';
import {
  builtServices,
  operatorEnv,
  serviceUrl,
  startServices,
  type Service,
} from '../services.ts';
import { portsFrom, type Env } from '../settings.ts';
import { foreignServers, startStack, type Stack } from '../stack.ts';

export async function start(
  env: Env,
  interruption: Interruption,
  args: readonly string[],
): Promise<number> {
  const fresh = wantsFresh(args);
  const dataDir = dataDirFrom(env);
  const pid = runningLauncher(dataDir);
  if (pid !== undefined) return await showRunning(dataDir, pid, fresh);
  if (fresh) refuseForeign(env);
  openDataFolder(dataDir);
  await takeDataFolder(dataDir);
  try {
    if (fresh) emptyDataFolder(dataDir);
    await bringUp({ dataDir, env, watch: false }, interruption);
    say('  Ctrl-C stops everything; npm start -- --fresh begins with empty data');
    await forEver(interruption.signal);
  } finally {
    say('· stopping');
    await interruption.stopAll();
    leaveDataFolder(dataDir);
    say('✔ everything is stopped');
  }
  return 0;
}

function wantsFresh(args: readonly string[]): boolean {
  const strange = args.find((arg) => arg !== '--fresh');
  if (strange !== undefined) throw new Failure(`No option "${strange}": only --fresh is known.`);
  return args.includes('--fresh');
}

function refuseForeign(env: Env): void {
  const [first] = foreignServers(env);
  if (!first) return;
  throw new Failure(
    `--fresh would not reach ${first.name}: ${first.urlSetting} points to a server that this ` +
      `launcher did not start. Remove it from .env, or empty that server yourself.`,
  );
}

async function showRunning(dataDir: string, pid: number, fresh: boolean): Promise<number> {
  if (fresh) throw new Failure(`It is running (pid ${pid}): stop it before you empty its data.`);
  const running = readRunning(dataDir);
  if (running) await printBoard(dataDir, running);
  else say(`· it is being started or stopped right now (pid ${pid})`);
  return 0;
}

export interface Wanted {
  readonly dataDir: string;
  readonly env: Env;
  readonly watch: boolean;
}

export async function bringUp(wanted: Wanted, interruption: Interruption): Promise<void> {
  const { dataDir, env, watch } = wanted;
  const { signal, adopt } = interruption;
  await build(signal);
  const stack = await step('starting the servers', () =>
    startStack({ dataDir, ports: portsFrom(env), env, signal, adopt }),
  );
  const started = await startServices({ stack, env, signal, adopt, watch });
  const operator = operatorEnv(stack, env);
  const notSeeded = await seed(stack, { operator, signal });
  const board = { ...boardOf(stack, started, notSeeded), ...(await docsOf(stack, signal)) };
  const running = { board, settings: operator };
  writeRunning(dataDir, running);
  await printBoard(dataDir, running);
}

/** Answers why there is no demo tenant, or undefined. */
async function seed(
  stack: Stack,
  how: { readonly operator: Env; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const gateway = builtServices().find((one) => one.name === 'gateway');
  if (!gateway) return undefined;
  const [foreign] = stack.foreign;
  if (foreign) return `${foreign} points to a server that this launcher did not start`;
  const { dataDir } = stack.place;
  const gatewayUrl = serviceUrl(gateway, stack);
  await seedDemo({ dataDir, gatewayUrl, ...how });
  const sandbox = builtServices().find((one) => one.name === 'sandbox');
  if (!sandbox) return undefined;
  const { operator, signal } = how;
  const publicUrl = operator['PUBLIC_BASE_URL'] ?? gatewayUrl;
  const sandboxUrl = serviceUrl(sandbox, stack);
  await seedLines({ dataDir, gatewayUrl, sandboxUrl, publicUrl, signal });
  return undefined;
}

/** The board shows the pages only where they are. */
async function docsOf(stack: Stack, signal: AbortSignal): Promise<Pick<Board, 'docsUrl'>> {
  const gateway = builtServices().find((one) => one.name === 'gateway');
  if (!gateway) return {};
  const docsUrl = `${serviceUrl(gateway, stack)}/docs`;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
  const response = await fetch(docsUrl, { signal: limit });
  await response.body?.cancel();
  return response.ok ? { docsUrl } : {};
}

function boardOf(stack: Stack, started: readonly Service[], notSeeded: string | undefined): Board {
  const gateway = started.find((one) => one.name === 'gateway');
  const services = started.map((one) => ({
    name: one.name,
    kind: 'service' as const,
    address: serviceUrl(one, stack),
    about: '',
  }));
  return {
    rows: [...stack.rows.map((row) => ({ ...row, kind: 'server' as const })), ...services],
    ...(gateway ? { gatewayUrl: serviceUrl(gateway, stack) } : {}),
    ...(notSeeded ? { notSeeded } : {}),
  };
}
