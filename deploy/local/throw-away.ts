import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDataFolder, runningLauncher, takeDataFolder } from './data-folder.ts';
import type { Interruption } from './interruption.ts';
import { freePorts } from './ports.ts';
import { stopLeftovers } from './run-records.ts';
import { rootDir } from './settings.ts';
import { startStack, type Stack } from './stack.ts';

const runsDir = join(rootDir, '.test-runs');

/** What one run of the tests or the bench uses, on free ports, and removes when it ends. */
export interface ThrowAway {
  readonly dataDir: string;
  startServers(): Promise<Stack>;
}

export async function withThrowAway<T>(
  interruption: Interruption,
  work: (run: ThrowAway) => Promise<T>,
): Promise<T> {
  await sweep();
  const dataDir = join(runsDir, String(process.pid));
  openDataFolder(dataDir);
  await takeDataFolder(dataDir);
  const { signal, adopt } = interruption;
  // URLs in the environment do not count here: tests act only on servers of their own.
  const startServers = async (): Promise<Stack> =>
    startStack({ dataDir, ports: await freePorts(), env: {}, signal, adopt });
  try {
    return await work({ dataDir, startServers });
  } finally {
    await interruption.stopAll();
    await stopLeftovers(dataDir, 1_000);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What a killed run left: its processes, then its folder. */
async function sweep(): Promise<void> {
  mkdirSync(runsDir, { recursive: true });
  for (const name of readdirSync(runsDir)) {
    const dataDir = join(runsDir, name);
    if (runningLauncher(dataDir) !== undefined) continue;
    await stopLeftovers(dataDir);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
  }
}
