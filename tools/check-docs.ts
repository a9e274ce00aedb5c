import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { errorCatalogue } from '@trunkline/contracts';
import { sourcesBelow } from './boundaries/walk.ts';
import { compareThrowSites } from './docs/errors-page.ts';

/** Usage: node tools/check-docs.ts. Generated pages are fresh; catalogue and throw sites agree. */
const root = path.join(import.meta.dirname, '..');
const sources = sourcesBelow(root, ['libs', 'services']).filter(
  (file) => !/\.(spec|int-spec|e2e-spec)\.ts$/.test(file.path),
);
const { unknown, unused } = compareThrowSites(errorCatalogue, sources);
for (const code of unknown) console.error(`'${code}' is thrown but not in the error catalogue`);
for (const code of unused) console.error(`'${code}' is in the error catalogue but never thrown`);
const pages = spawnSync(
  process.execPath,
  [path.join(import.meta.dirname, 'generate-docs.ts'), '--check'],
  { stdio: 'inherit' },
);
process.exitCode = pages.status === 0 && unknown.length + unused.length === 0 ? 0 : 1;
