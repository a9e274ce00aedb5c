import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { services } from '@trunkline/contracts';
import { describeSettings, type SettingRow } from '@trunkline/platform';

type Schema = Parameters<typeof describeSettings>[0];

/** The settings of each built service, read from the schema its `config.ts` exports. */
export async function settingsByService(
  root: string,
): Promise<ReadonlyMap<string, readonly SettingRow[]>> {
  const found = new Map<string, readonly SettingRow[]>();
  for (const name of services) {
    const schema = await schemaOf(root, name);
    if (schema) found.set(name, describeSettings(schema));
  }
  return found;
}

/** The export `<service>Settings`: a service may keep others, for its admin program say. */
export async function schemaOf(root: string, service: string): Promise<Schema | undefined> {
  const file = path.join(root, `services/${service}/dist/config.js`);
  if (!existsSync(file)) return undefined;
  const exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const schema = exported[`${service}Settings`];
  return isSchema(schema) ? schema : undefined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && 'shape' in value;
}

/** docs/config.md: every setting, which services read it, its default and its meaning. */
export async function configPage(root: string): Promise<string> {
  const byService = await settingsByService(root);
  const names = [...new Set([...byService.values()].flat().map((row) => row.name))].toSorted();
  return [
    '# Settings',
    '',
    'Printed from the `config.ts` of each service by `npm run docs`; do not edit by hand.',
    'All are environment variables. Wrong ones are reported all at once at boot, with exit code 78.',
    '',
    '| setting | type | default | read by | meaning |',
    '|---|---|---|---|---|',
    ...names.map((name) => rowOf(name, byService)),
    '',
  ].join('\n');
}

function rowOf(name: string, byService: ReadonlyMap<string, readonly SettingRow[]>): string {
  const readers = [...byService].filter(([, rows]) => rows.some((row) => row.name === name));
  const rows = readers.flatMap(([, all]) => all.filter((row) => row.name === name));
  const defaults = [...new Set(rows.map(shownDefault))].join(' / ');
  const who = readers.length === services.length ? 'all' : readers.map(([one]) => one).join(', ');
  const cells = [`\`${name}\``, rows[0]?.type ?? '', defaults, who, rows[0]?.meaning ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function shownDefault(row: SettingRow): string {
  if (row.isRequired) return '*required*';
  return row.default === undefined || row.default === '' ? '' : `\`${row.default}\``;
}
