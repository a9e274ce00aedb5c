import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from './failure.ts';
import { findProcess } from './processes.ts';
import { stopLeftovers } from './run-records.ts';
import { say } from './say.ts';
import { rootDir, type Env } from './settings.ts';

const markName = '.trunkline-data';
const emptied = ['nats', 'mongo', 'redis', 's3', 'keys', 'kek', 'secrets.json', 'logs'];

export function dataDirFrom(env: Env): string {
  return resolve(rootDir, env.LOCAL_DATA_DIR || '.data');
}

/** The mark is what allows us to empty the folder later: nothing else is ever deleted. */
export function openDataFolder(dataDir: string): void {
  mkdirSync(join(dataDir, 'run'), { recursive: true });
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const mark = join(dataDir, markName);
  if (existsSync(mark)) return;
  const strange = readdirSync(dataDir).filter((name) => !['run', 'logs'].includes(name));
  if (strange.length > 0) {
    throw new Failure(
      `${dataDir} holds other files (${strange[0]}): choose another LOCAL_DATA_DIR.`,
    );
  }
  writeFileSync(mark, 'Data of a local Trunkline; npm start -- --fresh empties it.\n');
}

/** Only while its lock is held. */
export function emptyDataFolder(dataDir: string): void {
  if (!existsSync(join(dataDir, markName))) return;
  for (const name of emptied) rmSync(join(dataDir, name), { recursive: true, force: true });
  say(`✔ emptied ${dataDir}`);
}

interface LauncherRecord {
  readonly pid: number;
  readonly startedAt: string;
}

/** Undefined when nobody runs on this folder. */
export function runningLauncher(dataDir: string): number | undefined {
  const path = lockPath(dataDir);
  if (!existsSync(path)) return undefined;
  const record = parseLock(readFileSync(path, 'utf8'));
  if (!record) return undefined;
  const found = findProcess(record.pid);
  return found?.startedAt === record.startedAt ? record.pid : undefined;
}

/** One launcher per folder. Exclusive creation decides when two start at the same moment. */
export async function takeDataFolder(dataDir: string): Promise<void> {
  const path = lockPath(dataDir);
  mkdirSync(dirname(path), { recursive: true });
  if (runningLauncher(dataDir) !== undefined) throw new Failure(inUse(dataDir));
  rmSync(path, { force: true });
  const startedAt = findProcess(process.pid)?.startedAt ?? '';
  try {
    writeFileSync(path, JSON.stringify({ pid: process.pid, startedAt }), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new Failure(inUse(dataDir));
    throw error;
  }
  const leftovers = await stopLeftovers(dataDir);
  const names = leftovers.map((found) => `${basename(found.args[0] ?? '?')} (pid ${found.pid})`);
  if (names.length > 0) say(`✔ stopped what a killed run had left: ${names.join(', ')}`);
}

export function leaveDataFolder(dataDir: string): void {
  for (const name of ['launcher.json', 'env.json', 'board.json']) {
    rmSync(join(dataDir, 'run', name), { force: true });
  }
}

function inUse(dataDir: string): string {
  return `Another run uses ${dataDir}: stop it first (Ctrl-C where it runs).`;
}

function lockPath(dataDir: string): string {
  return join(dataDir, 'run', 'launcher.json');
}

function parseLock(text: string): LauncherRecord | undefined {
  try {
    return JSON.parse(text) as LauncherRecord;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
