import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readDemo, type DemoLogin } from './secrets.ts';
import { rootDir } from './settings.ts';

const admin = join(rootDir, 'services/gateway/dist/admin.js');

/** The demo tenant, once per data folder, with credentials made for this folder alone. */
export async function seedDemo(dataDir: string): Promise<DemoLogin | undefined> {
  const known = readDemo(dataDir);
  if (known) return known;
  if (!existsSync(admin)) return undefined;
  return await Promise.resolve(undefined);
}
