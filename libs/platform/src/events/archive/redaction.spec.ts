import { describe, expect, it } from '@jest/globals';
import { EventCatalogue, defineAggregate, personal, secret } from '@trunkline/contracts';
import type { Envelope } from '@trunkline/contracts';
import { z } from 'zod';
import { applyPlan, carriesMarked, changes, planForgetting, planSuperseded } from './redaction.js';

const person = defineAggregate({
  name: 'person',
  owner: 'gateway',
  events: {
    'person.joined': {
      schema: 2,
      says: 'x',
      data: z.strictObject({ name: personal(z.string()), key: secret(z.string()), age: z.int() }),
      previous: {
        1: {
          data: z.strictObject({ name: personal(z.string()), key: secret(z.string()) }),
          upcast: (data) => ({ ...data, age: 0 }),
        },
      },
    },
    'person.rekeyed': {
      schema: 1,
      says: 'x',
      data: z.strictObject({ key: secret(z.string()) }),
    },
    'person.waved': { schema: 1, says: 'x', data: z.strictObject({ times: z.int() }) },
    'person.erased': { schema: 1, says: 'x', erases: true, data: z.strictObject({}) },
  },
});
const catalogue = new EventCatalogue([person]);

function event(v: number, type: string, data: Envelope['data'], schema = 1): Envelope {
  return {
    ...{ eventId: `0190a0a0-0000-7000-8000-00000000000${v}`, tenant: 't', aggregate: 'person' },
    ...{ id: 'p', v, type, schema, occurredAt: '2026-11-21T08:00:00.000Z' },
    actor: { kind: 'service', id: 'test' },
    ...{ causationId: 'c', correlationId: 'c' },
    data,
  };
}

const joined = event(1, 'person.joined', { name: 'Ada', key: 'k1', age: 36 }, 2);
const rekeyed = event(2, 'person.rekeyed', { key: 'k2' });
const waved = event(3, 'person.waved', { times: 3 });
const erased = event(4, 'person.erased', {});

describe('planForgetting', () => {
  it('plans nothing without an erasing fact', () => {
    expect(planForgetting(catalogue, [joined, rekeyed, waved])).toBeUndefined();
  });

  it('redacts what came before the fact and leaves the fact and all after it', () => {
    const later = event(5, 'person.rekeyed', { key: 'k5' });
    const plan = planForgetting(catalogue, [joined, rekeyed, waved, erased, later])!;
    expect(plan.upToV).toBe(3);
    expect(applyPlan(plan, joined).data).toEqual({
      name: '[redacted]',
      key: '[redacted]',
      age: 36,
    });
    expect(applyPlan(plan, later)).toEqual(later);
    expect(changes(plan, waved)).toBe(false);
  });

  it('keeps an event in the schema it was written in', () => {
    const old = event(1, 'person.joined', { name: 'Ada', key: 'k1' });
    const plan = planForgetting(catalogue, [old, erased])!;
    const redacted = applyPlan(plan, old);
    expect(redacted).toMatchObject({ schema: 1, data: { name: '[redacted]', key: '[redacted]' } });
    expect(catalogue.parse(redacted).ok).toBe(true);
  });

  it('refuses to let an event it does not know pass as redacted', () => {
    const unknown = event(1, 'person.joined', { name: 'Ada' }, 9);
    const plan = planForgetting(catalogue, [unknown, erased])!;
    expect(() => applyPlan(plan, unknown)).toThrow('log.not-erasable');
    expect(carriesMarked(catalogue, unknown)).toBe(true);
  });
});

describe('planSuperseded', () => {
  it('redacts the older secret and leaves the current one and the person', () => {
    const plan = planSuperseded(catalogue, [joined, rekeyed, waved])!;
    expect(plan.upToV).toBe(1);
    expect(applyPlan(plan, joined).data).toEqual({ name: 'Ada', key: '[redacted]', age: 36 });
    expect(applyPlan(plan, rekeyed)).toEqual(rekeyed);
  });

  it('is the same plan when half of it is carried out', () => {
    const plan = planSuperseded(catalogue, [joined, rekeyed])!;
    const again = planSuperseded(catalogue, [applyPlan(plan, joined), rekeyed])!;
    expect(again.upToV).toBe(1);
    expect(changes(again, applyPlan(plan, joined))).toBe(false);
  });

  it('plans nothing while each secret is carried once', () => {
    expect(planSuperseded(catalogue, [joined, waved])).toBeUndefined();
  });
});
