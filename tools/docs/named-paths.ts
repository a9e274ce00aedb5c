import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const pathInText = /`((?:libs|services|sandbox|bench|deploy|tools|docs)\/[\w./-]+)`/g;

/** What a page names as a file or folder of this repository and what is not there. */
export function missingPaths(root: string, page: string): string[] {
  const text = readFileSync(path.join(root, page), 'utf8');
  const named = [...text.matchAll(pathInText)].map(([, name]) => String(name));
  return [...new Set(named)].filter((name) => !existsSync(path.join(root, name)));
}

/** Every page that people read here. */
export function pagesOf(root: string): string[] {
  const folders = ['*.md', 'docs/**/*.md', '{sandbox,bench}/*.md', '{libs,services}/*/*.md'];
  return globSync(folders, { cwd: root });
}

/** Pages beside an index that the index does not lead to. */
export function unlistedPages(root: string, index: string): string[] {
  const text = readFileSync(path.join(root, index), 'utf8');
  const folder = path.dirname(index);
  return globSync('*.md', { cwd: path.join(root, folder) })
    .filter((name) => name !== path.basename(index) && !text.includes(`](${name})`))
    .map((name) => path.posix.join(folder, name));
}
