import path from 'node:path';
import { check } from './boundaries/rules.ts';
import { sourcesBelow } from './boundaries/walk.ts';

/** Usage: node tools/check-boundaries.ts [root]. Prints each broken rule; exit 1 if any. */
const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '..'));
const files = sourcesBelow(root, ['libs', 'services', 'sandbox', 'bench']);
const findings = files.flatMap(check);
for (const finding of findings) {
  console.error(`${finding.path}: ${finding.rule}: ${finding.what}`);
}
console.log(`boundaries: ${files.length} files, ${findings.length} broken`);
process.exitCode = findings.length > 0 ? 1 : 0;
