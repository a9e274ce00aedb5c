import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EventCatalogue } from './catalogue.js';
import { aggregates } from './events/index.js';

const folder = fileURLToPath(new URL('../fixtures/', import.meta.url));
const catalogue = new EventCatalogue(aggregates);
const versions = aggregates.flatMap((aggregate) =>
  Object.entries(aggregate.events).flatMap(([type, definition]) =>
    [...Object.keys(definition.previous ?? {}), definition.schema].map(
      (schema) => `${type}@${schema}.json`,
    ),
  ),
);

describe('the fixtures', () => {
  it.each(versions)('%s parses and upcasts for ever', (file) => {
    const raw: unknown = JSON.parse(readFileSync(`${folder}${file}`, 'utf8'));
    const parsed = catalogue.parse(raw);
    expect(parsed).toMatchObject({ ok: true });
    expect(file).toBe(
      `${parsed.ok ? parsed.event.type : ''}@${(raw as { schema: number }).schema}.json`,
    );
  });

  it('are all of a version that the catalogue knows', () => {
    expect(readdirSync(folder).filter((file) => !versions.includes(file))).toEqual([]);
  });
});
