import type { AggregateDefinition, EventDefinition } from '@trunkline/contracts';
import { markOf } from '@trunkline/contracts';
import type { z } from 'zod';

/** docs/events.md: every fact there is, who writes it, and what it says. */
export function eventsPage(aggregates: readonly AggregateDefinition[]): string {
  const sorted = [...aggregates].toSorted((a, b) => a.name.localeCompare(b.name));
  return [
    '# Events',
    '',
    'Printed from `libs/contracts/src/events` by `npm run docs`; do not edit by hand.',
    'Fields marked *personal* are masked in every view of the log and redacted when the person is',
    'forgotten; fields marked *secret* are never shown.',
    '',
    ...sorted.flatMap(aggregateSection),
  ].join('\n');
}

function aggregateSection(aggregate: AggregateDefinition): string[] {
  return [
    `## ${aggregate.name}`,
    '',
    `Written by **${aggregate.owner}** alone.`,
    '',
    '| event | schema | says | fields |',
    '|---|---|---|---|',
    ...Object.entries(aggregate.events).map(eventRow),
    '',
  ];
}

function eventRow([type, event]: [string, EventDefinition]): string {
  const flags = [event.terminal ? 'ends it' : '', event.erases ? 'erases' : ''].filter(Boolean);
  const says = flags.length > 0 ? `${event.says} *(${flags.join(', ')})*` : event.says;
  return `| \`${type}\` | ${event.schema} | ${says} | ${fieldsOf(event.data)} |`;
}

function fieldsOf(schema: z.ZodType): string {
  const shape = (schema as z.ZodObject).shape as Record<string, z.ZodType> | undefined;
  if (!shape) return '';
  return Object.entries(shape)
    .map(([name, field]) => {
      const mark = markOf(unwrapped(field));
      return mark ? `${name} *${mark.kind}*` : name;
    })
    .join(', ');
}

function unwrapped(schema: z.ZodType): z.ZodType {
  const inner = schema as unknown as { unwrap?: () => z.ZodType };
  return !markOf(schema) && typeof inner.unwrap === 'function' ? unwrapped(inner.unwrap()) : schema;
}
