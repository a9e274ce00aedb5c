import { readFileSync } from 'node:fs';
import type { Envelope } from '@trunkline/contracts';

export interface Told {
  readonly type: string;
  readonly data?: Readonly<Record<string, unknown>>;
  /** Seconds after the story began. */
  readonly atSeconds?: number;
}

const folder = new URL('../../../../libs/contracts/fixtures/', import.meta.url);
const startMs = Date.parse('2026-11-21T09:00:00.000Z');

/** The fact of the contracts' own example, with what the test changes in it. */
export function dataOf({ type, data }: Told): Envelope['data'] {
  const example = JSON.parse(readFileSync(new URL(`${type}@1.json`, folder), 'utf8')) as Envelope;
  return { ...example.data, ...data };
}

/** One history: its facts in order, as the log has them. */
export function historyOf(
  facts: readonly Told[],
  of: { readonly tenant?: string; readonly id?: string } = {},
): Envelope[] {
  return facts.map((told, index) => ({
    eventId: `0199c0de-0000-7000-8000-${String(index).padStart(12, '0')}`,
    tenant: of.tenant ?? 't-1',
    aggregate: told.type.split('.')[0] ?? '',
    id: of.id ?? 'call-1',
    v: index + 1,
    type: told.type,
    schema: 1,
    occurredAt: new Date(startMs + (told.atSeconds ?? index) * 1000).toISOString(),
    actor: { kind: 'service', id: 'test' },
    causationId: 'test',
    correlationId: 'call-1',
    data: dataOf(told),
  }));
}
