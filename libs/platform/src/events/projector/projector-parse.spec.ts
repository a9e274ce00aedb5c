import { describe, expect, it } from '@jest/globals';
import { EventCatalogue, defineAggregate, personal, secret } from '@trunkline/contracts';
import { z } from 'zod';
import { ProjectionFailure } from './projection-failure.js';
import { readEvent } from './projector-parse.js';

const note = defineAggregate({
  name: 'note',
  owner: 'agents',
  events: {
    'note.taken': {
      schema: 1,
      says: 'Written down.',
      data: z.strictObject({ by: personal(z.string()), key: secret(z.string()), lines: z.int() }),
    },
  },
});
const catalogue = new EventCatalogue([note]);
const ref = { tenant: 't', aggregate: 'note', id: 'n1' };
const raw = {
  ...{ eventId: '01a1fd52-d250-790f-8894-17e0bd70e2d5', ...ref, v: 3, type: 'note.taken' },
  ...{ schema: 1, occurredAt: '2026-11-21T08:00:00.000Z', causationId: 'x', correlationId: 'x' },
  actor: { kind: 'user', id: 'u1' },
  data: { by: 'Canary', key: 'Canary', lines: 2 },
};

function failureOf(text: string | Uint8Array): ProjectionFailure {
  const data = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  try {
    readEvent(catalogue, { ref, data });
  } catch (error) {
    return error as ProjectionFailure;
  }
  throw new Error('it was read');
}

describe('reading a message', () => {
  it('answers the event', () => {
    const data = new TextEncoder().encode(JSON.stringify(raw));
    expect(readEvent(catalogue, { ref, data })).toMatchObject({ v: 3, data: { lines: 2 } });
  });

  it.each([
    ['no JSON', '{"by":"Canary"', 'not JSON', {}],
    ['no object', '"Canary"', /^envelope: /, {}],
    ['bad UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'not JSON', {}],
    ['another tenant', JSON.stringify({ ...raw, tenant: 'u' }), /another aggregate/, { v: 3 }],
    ['an unknown type', JSON.stringify({ ...raw, type: 'note.eaten' }), /^unknown event/, { v: 3 }],
    ['a newer schema', JSON.stringify({ ...raw, schema: 2 }), /^unknown schema 2/, { v: 3 }],
    ['wrong data', JSON.stringify({ ...raw, data: { by: 'Canary' } }), /^note.taken@1: /, { v: 3 }],
  ])('calls %s poison, without quoting it', (_, text, reason, at) => {
    const failure = failureOf(text);
    expect(failure).toBeInstanceOf(ProjectionFailure);
    expect(failure.reason).toMatch(reason);
    expect(failure.reason).not.toContain('Canary');
    expect(failure.at).toMatchObject({ ...ref, ...at });
  });
});
