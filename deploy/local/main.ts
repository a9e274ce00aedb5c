import { runServers } from './commands/servers.ts';
import { Failure } from './failure.ts';
import { Interrupted, Interruption } from './interruption.ts';
import { readEnv, type Env } from './settings.ts';

type Command = (env: Env, interruption: Interruption, args: readonly string[]) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  servers: runServers,
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
// The IPC channel to up.mjs would keep the process alive.
if (process.connected) process.disconnect();
