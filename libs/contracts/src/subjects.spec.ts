import { describe, expect, it } from '@jest/globals';
import {
  deadLetterSubject,
  eventFilter,
  eventSubject,
  parseDeadLetterSubject,
  parseEventSubject,
  partitionOf,
  projectionFilters,
} from './subjects.js';

const ref = { tenant: 't1', aggregate: 'agent', id: '01890a5d-ac96' };

describe('subjects', () => {
  it('an event subject names partition, tenant, aggregate and id', () => {
    const subject = eventSubject(ref);
    expect(subject).toMatch(/^evt\.p\d\d\.t1\.agent\.01890a5d-ac96$/);
    expect(parseEventSubject(subject)).toEqual(ref);
  });

  it.each(['a.b', '*', '>', 'a b', '', 'x'.repeat(65), 'ü', 'a\n'])(
    'refuses %j as a token',
    (bad) => {
      for (const key of ['tenant', 'aggregate', 'id'] as const) {
        expect(() => eventSubject({ ...ref, [key]: bad })).toThrow(RangeError);
      }
      expect(() => eventFilter({ tenant: bad })).toThrow(RangeError);
    },
  );

  it('spreads ids over the sixteen partitions', () => {
    const seen = new Set(Array.from({ length: 500 }, (_, index) => partitionOf(`id-${index}`)));
    expect(seen.size).toBe(16);
  });

  it('the shares of a projection cover every partition exactly once', () => {
    const all = [0, 1, 2, 3].flatMap((group) => projectionFilters(['agent'], { group, of: 4 }));
    expect(new Set(all).size).toBe(16);
    expect(all).toHaveLength(16);
  });

  it('a dead letter names its projection and aggregate', () => {
    const subject = deadLetterSubject('agents-agents-v1', ref);
    expect(parseDeadLetterSubject(subject)).toEqual({ projection: 'agents-agents-v1', ref });
  });
});
