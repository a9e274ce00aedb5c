import { execFile, execFileSync } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CHUNK = Buffer.alloc(64 * 1024);
/** Less than the head of a spool file. */
const FILE_LIMIT_BYTES = 512;

/** A disk that can be full. */
export interface SmallDisk {
  /** To the last byte. */
  fill(): Promise<void>;
  free(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether this machine lets a test have a file system of its own. */
export const mayMount = ((): boolean => {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  const ballast = join(folder, 'ballast');
  return {
    fill: async () => {
      const file = await open(ballast, 'a');
      try {
        for (;;) await file.write(CHUNK);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast),
    stop: async () => void (await run('umount', ['-l', folder])),
  };
}

/** Where nothing may be mounted: no file of the process may grow any more, as with a quota. */
export function quotaOf(pid: () => number): SmallDisk {
  const limit = async (bytes: number | 'unlimited'): Promise<void> => {
    await run('prlimit', ['--pid', String(pid()), `--fsize=${bytes}:`]);
  };
  return {
    fill: () => limit(FILE_LIMIT_BYTES),
    free: () => limit('unlimited'),
    stop: () => Promise.resolve(),
  };
}
