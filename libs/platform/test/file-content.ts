import { readFile } from 'node:fs/promises';

/** `undefined` for a temporary file of a server that is gone by the time it is read. */
export async function fileContent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
