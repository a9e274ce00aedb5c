import { openDataFolder, leaveDataFolder, takeDataFolder, dataDirFrom } from '../data-folder.ts';
import { forEver, type Interruption } from '../interruption.ts';
import { say } from '../say.ts';
import { portsFrom, type Env } from '../settings.ts';
import { startStack } from '../stack.ts';

/** Only the four servers, in the foreground: for work on one service, and for the launcher's tests. */
export async function runServers(env: Env, interruption: Interruption): Promise<number> {
  const dataDir = dataDirFrom(env);
  openDataFolder(dataDir);
  await takeDataFolder(dataDir);
  const { signal, adopt } = interruption;
  try {
    const stack = await startStack({ dataDir, ports: portsFrom(env), env, signal, adopt });
    for (const row of stack.rows) say(`  ${row.name.padEnd(8)} ${row.address}  ${row.about}`);
    say('ready; Ctrl-C stops them');
    await forEver(signal);
  } finally {
    await interruption.stopAll();
    leaveDataFolder(dataDir);
  }
  return 0;
}
