import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { personal, REDACTED, secret } from './marks.js';
import { maskFields, redactFields } from './redact.js';

const schema = z.strictObject({
  email: personal(z.email()),
  hash: secret(z.string()),
  plain: z.string(),
  note: personal(z.string()).nullable(),
  variables: personal(z.record(z.string(), z.string()), {}),
  contacts: z.array(z.strictObject({ number: personal(z.string()), tag: z.string() })),
  maybe: z.strictObject({ name: personal(z.string()) }).optional(),
});

const data = {
  email: 'ada@example.com',
  hash: 'h',
  plain: 'p',
  note: null,
  variables: { first: 'Ada' },
  contacts: [{ number: '+15550100', tag: 'a' }],
};

describe('redactFields', () => {
  it('replaces the personal fields, however deep, and the result still parses', () => {
    const redacted = redactFields(schema, data, ['personal']);
    expect(redacted).toEqual({
      email: REDACTED,
      hash: 'h',
      plain: 'p',
      note: null,
      variables: {},
      contacts: [{ number: REDACTED, tag: 'a' }],
    });
    expect(schema.safeParse(redacted).success).toBe(true);
  });

  it('leaves the original untouched', () => {
    redactFields(schema, data, ['personal', 'secret']);
    expect(data.contacts[0]?.number).toBe('+15550100');
  });
});

describe('maskFields', () => {
  it('hides secrets and personal fields from whoever looks at the log', () => {
    const shown = JSON.stringify(maskFields(schema, { ...data, maybe: { name: 'Ada' } }));
    expect(shown).not.toMatch(/ada@|Ada|\+1555|"h"/);
    expect(shown).toContain('"plain":"p"');
  });
});
