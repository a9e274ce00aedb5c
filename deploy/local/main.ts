import { call } from './commands/call.ts';
import { dev } from './commands/dev.ts';
import { bench, operate } from './commands/operate.ts';
import { runServers } from './commands/servers.ts';
import { start } from './commands/start.ts';
import { testMinio } from './commands/test-minio.ts';
import { test } from './commands/test.ts';
import { Failure } from './failure.ts';
import { Interrupted, Interruption } from './interruption.ts';
import { readEnv, type Env } from './settings.ts';

type Command = (env: Env, interruption: Interruption, args: readonly string[]) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  start,
  dev,
  servers: runServers,
  test,
  'test:minio': testMinio,
  bench,
  call,
  admin: operate('admin'),
  log: operate('log'),
};

async function run(): Promise<number> {
  const [name = 'start', ...args] = process.argv.slice(2);
  const command = commands[name];
  if (!command) throw new Failure(`No command "${name}": use ${Object.keys(commands).join(', ')}.`);
  const interruption = new Interruption();
  interruption.listen();
  return await command(readEnv(), interruption, args);
}

try {
  process.exitCode = await run();
} catch (error) {
  if (error instanceof Interrupted) {
    process.exitCode = 130;
  } else if (error instanceof Failure) {
    console.error(`✖ ${error.message}`);
    process.exitCode = 1;
  } else {
    console.error(error);
    process.exitCode = 1;
  }
}
