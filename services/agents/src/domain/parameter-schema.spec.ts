import { describe, expect, it } from '@jest/globals';
import { schemaOutOfBounds } from './parameter-schema.js';

const nested = (levels: number): Record<string, unknown> =>
  levels === 1
    ? { type: 'object' }
    : { type: 'object', properties: { deeper: nested(levels - 1) } };

describe('the bounds of a parameter schema', () => {
  it.each([
    { type: 'object' },
    { type: 'object', properties: { a: { type: 'string', enum: ['x'] } }, required: ['a'] },
    { type: 'object', additionalProperties: { anyOf: [{ type: 'null' }, { type: 'number' }] } },
    nested(8),
  ])('hold %j', (schema) => expect(schemaOutOfBounds(schema)).toBeUndefined());

  it.each<readonly [Record<string, unknown>, RegExp]>([
    [{}, /must be "object"/],
    [{ type: 'array' }, /must be "object"/],
    [{ type: 'object', $ref: 'https://example.com/x' }, /^\$ref: this keyword/],
    [{ type: 'object', properties: { a: { pattern: '(a+)+$' } } }, /^properties\.a\.pattern/],
    [{ type: 'object', properties: [] }, /^properties: must be an object/],
    [{ type: 'object', properties: { a: 'string' } }, /^properties\.a: must be a schema/],
    [{ type: 'object', anyOf: Array(17).fill({}) }, /up to 16 schemas/],
    [{ type: 'object', description: 'x'.repeat(17_000) }, /at most 16384/],
    [nested(9), /deeper than 8/],
    [
      {
        type: 'object',
        properties: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`p${n}`, {}])),
      },
      /at most 64 properties/,
    ],
  ])('refuse %#', (schema, reason) => expect(schemaOutOfBounds(schema)).toMatch(reason));
});
