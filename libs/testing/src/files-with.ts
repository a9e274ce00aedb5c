import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of a folder that hold these bytes, while a server goes on writing there. */
export async function filesWith(folder: string, bytes: Buffer | string): Promise<string[]> {
  const found: string[] = [];
  const entries = (await unlessGone(readdir(folder, { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesWith(path, bytes)));
    if (entry.isFile() && (await unlessGone(readFile(path)))?.includes(bytes)) found.push(path);
  }
  return found;
}

/** `undefined` for what was there when its folder was listed and is gone by the time it is read. */
async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
