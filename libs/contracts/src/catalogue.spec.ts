import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineAggregate, EventCatalogue } from './catalogue.js';

const box = defineAggregate({
  name: 'box',
  owner: 'agents',
  events: {
    'box.packed': {
      schema: 3,
      says: 'A box was packed.',
      data: z.strictObject({ grams: z.int() }),
      previous: {
        1: {
          data: z.strictObject({ kilos: z.number() }),
          upcast: (data) => ({ weight: Number(data['kilos']) * 1000 }),
        },
        2: {
          data: z.strictObject({ weight: z.number() }),
          upcast: (data) => ({ grams: Math.round(Number(data['weight'])) }),
        },
      },
    },
  },
});
const catalogue = new EventCatalogue([box]);

const event = (schema: number, data: object, more: object = {}): unknown => ({
  eventId: '01890a5d-ac96-774b-bcce-b302099a8057',
  tenant: 't1',
  aggregate: 'box',
  id: 'b1',
  v: 1,
  type: 'box.packed',
  schema,
  occurredAt: '2026-11-21T08:00:00.000Z',
  actor: { kind: 'user', id: 'u1' },
  causationId: 'c1',
  correlationId: 'r1',
  data,
  ...more,
});

describe('EventCatalogue', () => {
  it('chains upcasters from the oldest schema to the current one', () => {
    expect(catalogue.parse(event(1, { kilos: 1.5 }))).toMatchObject({
      ok: true,
      event: { schema: 3, data: { grams: 1500 } },
    });
  });

  it.each([
    ['a newer schema', event(4, { grams: 1 }), /unknown schema 4/],
    ['a schema without upcaster', event(0, { grams: 1 }), /envelope/],
    ['an unknown type', event(3, { grams: 1 }, { type: 'box.lost' }), /unknown event box.lost/],
    ['a prototype key as type', event(3, {}, { type: 'constructor' }), /unknown event/],
    ['an unknown field', event(3, { grams: 1, x: 1 }), /unrecognized_keys/],
    ['subject characters in an id', event(3, { grams: 1 }, { id: 'a.b' }), /envelope: id/],
    ['a wildcard tenant', event(3, { grams: 1 }, { tenant: '*' }), /envelope: tenant/],
  ])('refuses %s', (_name, raw, reason) => {
    const parsed = catalogue.parse(raw);
    expect(parsed.ok ? '' : parsed.reason).toMatch(reason);
  });

  it('takes only the current schema for a new event', () => {
    expect(catalogue.parseNew(event(2, { weight: 1 })).ok).toBe(false);
    expect(catalogue.parseNew(event(3, { grams: 1 })).ok).toBe(true);
  });

  it('never repeats a rejected value, which may be personal', () => {
    const parsed = catalogue.parse(event(3, { grams: 'canary-4711' }));
    expect(JSON.stringify(parsed)).not.toContain('canary');
  });
});
