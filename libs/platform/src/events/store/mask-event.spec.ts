import { describe, expect, it } from '@jest/globals';
import {
  EventCatalogue,
  defineAggregate,
  personal,
  secret,
  type Envelope,
} from '@trunkline/contracts';
import { z } from 'zod';
import { maskEvent } from './mask-event.js';

const note = defineAggregate({
  name: 'note',
  owner: 'agents',
  events: {
    'note.taken': {
      schema: 2,
      says: 'Written down.',
      data: z.strictObject({ by: personal(z.string()), key: secret(z.string()), lines: z.int() }),
      previous: {
        1: {
          data: z.strictObject({ author: personal(z.string()) }),
          upcast: ({ author }) => ({ by: author, key: '', lines: 0 }),
        },
      },
    },
  },
});
const catalogue = new EventCatalogue([note]);
const unknown = { '•••': 'unknown schema' };

function taken(schema: number, data: Record<string, unknown>): Envelope {
  return {
    ...{ eventId: 'e1', tenant: 't', aggregate: 'note', id: 'n1', v: 1, type: 'note.taken' },
    ...{ schema, occurredAt: '2026-11-21T08:00:00.000Z', data },
    ...{ actor: { kind: 'service', id: 'test' }, causationId: 'c', correlationId: 'c' },
  };
}

describe('maskEvent', () => {
  it('masks what is marked in the schema the event was written in', () => {
    const now = maskEvent(catalogue, taken(2, { by: 'Canary', key: 'Canary', lines: 2 }));
    expect(now.data).toEqual({ by: '•••', key: '•••', lines: 2 });
    const old = maskEvent(catalogue, taken(1, { author: 'Canary' }));
    expect(old.data).toEqual({ author: '•••' });
  });

  it('masks all data of a schema or a type that nobody knows', () => {
    expect(maskEvent(catalogue, taken(3, { who: 'Canary' })).data).toEqual(unknown);
    const data = { by: 'Canary', key: 'Canary', lines: 2 };
    expect(maskEvent(new EventCatalogue([]), taken(2, data)).data).toEqual(unknown);
  });
});
