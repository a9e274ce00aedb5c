import { addTallies, runChecks, type Tally } from '../checks.ts';
import type { Interruption } from '../interruption.ts';
import { runJest } from '../jest-run.ts';
import { say, seconds, step } from '../say.ts';
import type { Env } from '../settings.ts';
import { foreignServers, type Stack } from '../stack.ts';
import { withThrowAway, type ThrowAway } from '../throw-away.ts';
import { binaryEnv } from './operate.ts';

interface Scope {
  readonly checks: boolean;
  readonly projects: readonly string[];
}

const everything: Scope = { checks: true, projects: ['unit', 'integration', 'e2e'] };

const scopes: Readonly<Record<string, Scope>> = {
  checks: { checks: true, projects: [] },
  unit: { checks: true, projects: ['unit'] },
  integration: { checks: false, projects: ['integration'] },
  e2e: { checks: false, projects: ['e2e'] },
};

export async function test(
  env: Env,
  interruption: Interruption,
  args: readonly string[],
): Promise<number> {
  const named = scopes[args[0] ?? ''];
  const scope = named ?? everything;
  const jestArgs = named ? args.slice(1) : args;
  const startedAtMs = performance.now();
  for (const { urlSetting } of foreignServers(env)) {
    say(`· ${urlSetting} is not used: the tests start servers of their own`);
  }
  const tally = await withThrowAway(interruption, (run) =>
    runScope({ scope, jestArgs, env, interruption }, run),
  );
  say(`\n${seconds(startedAtMs)} in all`);
  say(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 ? 0 : 1;
}

interface Wanted {
  readonly scope: Scope;
  readonly jestArgs: readonly string[];
  readonly env: Env;
  readonly interruption: Interruption;
}

async function runScope(wanted: Wanted, run: ThrowAway): Promise<Tally> {
  const { scope, jestArgs, env, interruption } = wanted;
  const { signal } = interruption;
  const clean = (tally: Tally): boolean => tally.failed === 0;
  const name = scope.checks ? 'checks' : 'building';
  const checked = await step(name, () => runChecks(signal, scope.checks), clean);
  if (scope.projects.length === 0) return checked;
  const needsServers = scope.projects.some((project) => project !== 'unit');
  const stack = needsServers ? await step('starting the servers', run.startServers) : undefined;
  const jest = {
    projects: scope.projects,
    args: jestArgs,
    dataDir: run.dataDir,
    env: { ...withoutServers(env), ...(stack ? serverEnv(stack) : {}) },
    signal,
  };
  const tested = await step(`tests: ${scope.projects.join(', ')}`, () => runJest(jest), clean);
  return addTallies(checked, tested);
}

/** A unit test that reaches for a server must not find somebody else's. */
function withoutServers(env: Env): Env {
  const settings = /^(NATS|MONGODB|MONGOD|REDIS|S3|WEED)_/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !settings.test(name)));
}

function serverEnv(stack: Stack): Env {
  return { ...stack.settings, ...binaryEnv(stack.binaries) };
}
