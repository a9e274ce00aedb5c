import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

export interface RunningProcess {
  readonly pid: number;
  readonly args: readonly string[];
  /** Differs between two processes that had the same pid one after the other. */
  readonly startedAt: string;
}

export function listProcesses(): RunningProcess[] {
  return process.platform === 'linux' ? listFromProc() : listFromPs();
}

export function findProcess(pid: number): RunningProcess | undefined {
  return process.platform === 'linux'
    ? readProc(pid)
    : listFromPs().find((found) => found.pid === pid);
}

function listFromProc(): RunningProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readProc(Number(pid))).filter((found) => found !== undefined);
}

function readProc(pid: number): RunningProcess | undefined {
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie keeps its entry but holds neither port nor file.
    if (fields[0] === 'Z' || args.length === 0) return undefined;
    return { pid, args, startedAt: fields[19] ?? '' };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code);
}

function listFromPs(): RunningProcess[] {
  const output = execFileSync('ps', ['-axo', 'pid=,lstart=,command='], { encoding: 'utf8' });
  return output.split('\n').flatMap((line) => {
    const found = /^\s*(\d+)\s+(\w+ +\w+ +\d+ [\d:]+ \d+)\s+(.*)$/.exec(line);
    if (!found) return [];
    const args = (found[3] ?? '').split(' ');
    return [{ pid: Number(found[1]), args, startedAt: found[2] ?? '' }];
  });
}

/** For "port taken" messages only: an unknown holder is answered with undefined. */
export function holderOfPort(port: number): RunningProcess | undefined {
  const pid = process.platform === 'linux' ? linuxHolder(port) : lsofHolder(port);
  return pid === undefined ? undefined : findProcess(pid);
}

export function describeProcess(found: RunningProcess): string {
  return `${basename(found.args[0] ?? '?')} (pid ${found.pid})`;
}

function linuxHolder(port: number): number | undefined {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map(readOrEmpty);
  const rows = tables.flatMap((table) => table.split('\n').map((row) => row.trim().split(/\s+/)));
  const listening = rows.find((row) => row[1]?.endsWith(`:${hexPort}`) && row[3] === '0A');
  const socket = `socket:[${listening?.[9] ?? 'none'}]`;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => descriptorsOf(pid).includes(socket));
  return found === undefined ? undefined : Number(found);
}

function descriptorsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readLinkOrEmpty(`/proc/${pid}/fd/${fd}`));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function readOrEmpty(path: string): string {
  return orEmpty(() => readFileSync(path, 'utf8'));
}

function readLinkOrEmpty(path: string): string {
  return orEmpty(() => readlinkSync(path));
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

function lsofHolder(port: number): number | undefined {
  try {
    const options = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'];
    const pid = Number.parseInt(execFileSync('lsof', options, { encoding: 'utf8' }), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    // lsof is not there, or found nobody: the message then goes without a name.
    return undefined;
  }
}
