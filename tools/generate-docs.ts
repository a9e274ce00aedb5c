import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { aggregates, errorCatalogue } from '@trunkline/contracts';
import { sourcesBelow } from './boundaries/walk.ts';
import { composeNatsConf } from './deploy/compose-nats-conf.ts';
import { acceptancePage, proofsIn } from './docs/acceptance-page.ts';
import { configPage } from './docs/config-page.ts';
import { errorsPage } from './docs/errors-page.ts';
import { eventsPage } from './docs/events-page.ts';

/** Usage: node tools/generate-docs.ts [--check]. Prints the generated pages, or says which is stale. */
const root = path.join(import.meta.dirname, '..');
const sources = sourcesBelow(root, ['libs', 'services', 'sandbox', 'bench', 'deploy', 'tools']);
const pages: Readonly<Record<string, string>> = {
  'docs/events.md': eventsPage(aggregates),
  'docs/errors.md': errorsPage(errorCatalogue),
  'docs/config.md': await configPage(root),
  'deploy/compose/nats.conf': composeNatsConf(),
  'docs/acceptance.md': acceptancePage(proofsIn(sources)),
};
const checking = process.argv.includes('--check');
const stale = Object.entries(pages).filter(([file, text]) => read(file) !== text);
for (const [file, text] of stale) {
  if (checking) console.error(`${file} is stale: run \`npm run docs\` and commit it`);
  else writeFileSync(path.join(root, file), text);
}
console.log(
  `docs: ${Object.keys(pages).length} pages, ${stale.length} ${checking ? 'stale' : 'written'}`,
);
process.exitCode = checking && stale.length > 0 ? 1 : 0;

function read(file: string): string | undefined {
  const full = path.join(root, file);
  return existsSync(full) ? readFileSync(full, 'utf8') : undefined;
}
