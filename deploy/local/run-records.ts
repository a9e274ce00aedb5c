import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess, listProcesses, type RunningProcess } from './processes.ts';

/** Written beside each child as `.data/run/<name>.json`. */
export interface RunRecord {
  readonly name: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly ports: readonly number[];
}

const ourPrograms = new Set(['nats-server', 'mongod', 'redis-server', 'weed', 'minio', 'node']);

/** The mark on a service's command line; servers show the data folder in their own options. */
export function runMark(dataDir: string): string {
  return `--run-of=${dataDir}`;
}

/** A pid alone proves nothing: numbers are reused. Program and data folder, or record and start time. */
export function isLeftover(
  found: RunningProcess,
  dataDir: string,
  records: readonly RunRecord[],
): boolean {
  if (!ourPrograms.has(basename(found.args[0] ?? ''))) return false;
  const recorded = records.some(
    (record) => record.pid === found.pid && record.startedAt === found.startedAt,
  );
  return recorded || found.args.some((arg) => namesFolder(arg, dataDir));
}

function namesFolder(arg: string, dataDir: string): boolean {
  const value = arg.startsWith('-') && arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : arg;
  return value === dataDir || value.startsWith(`${dataDir}/`);
}

export function writeRecord(dataDir: string, record: RunRecord): void {
  mkdirSync(join(dataDir, 'run'), { recursive: true });
  writeFileSync(recordPath(dataDir, record.name), `${JSON.stringify(record)}\n`);
}

export function removeRecord(dataDir: string, name: string): void {
  rmSync(recordPath(dataDir, name), { force: true });
}

function recordPath(dataDir: string, name: string): string {
  return join(dataDir, 'run', `${name}.pid.json`);
}

export function readRecords(dataDir: string): RunRecord[] {
  const dir = join(dataDir, 'run');
  const files = safeList(dir).filter((file) => file.endsWith('.pid.json'));
  return files.flatMap((file) => parseRecord(readFileSync(join(dir, file), 'utf8')));
}

function safeList(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A record cut short by a kill says nothing; the data folder in the process list still does. */
function parseRecord(text: string): RunRecord[] {
  try {
    return [JSON.parse(text) as RunRecord];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

export function findLeftovers(dataDir: string): RunningProcess[] {
  const records = readRecords(dataDir);
  return listProcesses().filter(
    (found) => found.pid !== process.pid && isLeftover(found, dataDir, records),
  );
}

/** Ends what a killed launcher left, politely first, and answers what it found. */
export async function stopLeftovers(dataDir: string, graceMs = 5_000): Promise<RunningProcess[]> {
  const leftovers = findLeftovers(dataDir);
  for (const found of leftovers) signalProcess(found.pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (leftovers.some(isAlive) && Date.now() < deadline) await delay(50);
  for (const found of leftovers.filter(isAlive)) signalProcess(found.pid, 'SIGKILL');
  while (leftovers.some(isAlive) && Date.now() < deadline + graceMs) await delay(20);
  for (const record of readRecords(dataDir)) removeRecord(dataDir, record.name);
  return leftovers;
}

export function isAlive(found: RunningProcess): boolean {
  return findProcess(found.pid)?.startedAt === found.startedAt;
}

/** Negative pids address a process group. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
