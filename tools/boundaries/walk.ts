import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readSource, type SourceFile } from './source-file.ts';

const skipped = new Set(['node_modules', 'dist', '.data', '.servers', '.test-runs', '.nx', '.git']);

/** Every TypeScript file below the folders, parsed for the rules. */
export function sourcesBelow(root: string, folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    list(path.join(root, folder)).map((file) =>
      readSource(path.relative(root, file).replaceAll('\\', '/'), readFileSync(file, 'utf8')),
    ),
  );
}

function list(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return list(full);
    return entry.name.endsWith('.ts') ? [full] : [];
  });
}
