import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Milliseconds of all cores by the name of the process. */
export type CpuTimes = Readonly<Record<string, number>>;

/** Linux counts in hundredths of a second, whatever the machine. */
const TICK_MS = 10;
const USER_FIELD = 11;

const pids = z
  .record(z.string(), z.int())
  .parse(JSON.parse(process.env['BENCH_PROCESSES'] ?? '{}'));

/** User and system time so far of everything that was started for the bench, and of itself. */
export function readCpuTimes(): CpuTimes {
  if (process.platform !== 'linux') return {};
  const all = Object.entries({ ...pids, bench: process.pid });
  return Object.fromEntries(all.map(([name, pid]) => [name, cpuMsOf(pid)]));
}

export function since(before: CpuTimes): CpuTimes {
  const now = Object.entries(readCpuTimes());
  return Object.fromEntries(now.map(([name, cpuMs]) => [name, cpuMs - (before[name] ?? 0)]));
}

export function sumOf(times: CpuTimes): number {
  return Object.values(times).reduce((sum, one) => sum + one, 0);
}

function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program may hold spaces; what counts begins after its bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_FIELD]) + Number(fields[USER_FIELD + 1])) * TICK_MS;
}
