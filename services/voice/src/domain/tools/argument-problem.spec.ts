import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { argumentProblem } from './argument-problem.js';

const order = {
  type: 'object',
  properties: {
    id: { type: 'string', minLength: 2 },
    count: { type: 'integer', minimum: 1 },
    tags: { type: 'array', items: { enum: ['a', 'b'] }, maxItems: 2 },
  },
  required: ['id'],
  additionalProperties: false,
};

describe('arguments of a tool', () => {
  it.each([
    [{ id: 'A-1', count: 2, tags: ['a'] }, undefined],
    [{}, 'id is missing'],
    [{ id: 'A' }, 'id is shorter than 2'],
    [{ id: 'A-1', count: 0.5 }, 'count must be integer'],
    [{ id: 'A-1', tags: ['a', 'c'] }, 'tags.1 must be one of ["a","b"]'],
    [{ id: 'A-1', more: 1 }, 'more is not allowed'],
    [[], 'the arguments must be object'],
  ])('given %j, then the problem is %j', (value, problem) => {
    expect(argumentProblem(order, value)).toBe(problem);
  });

  const leaf = fc.oneof(
    fc.constant({}),
    fc.record({ type: fc.constantFrom('string', 'number', 'integer', 'boolean', 'null') }),
    fc.record({ type: fc.constant('string'), minLength: fc.nat(3), maxLength: fc.nat(5) }),
    fc.record({ minimum: fc.integer({ min: -3, max: 3 }), exclusiveMaximum: fc.nat(4) }),
    fc.record({ multipleOf: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ enum: fc.constantFrom([1, 'a'], [null, [1]], [{ a: 1 }]) }),
    fc.record({ const: fc.constantFrom(0, 'a', true) }),
    fc.constantFrom(true, false),
  );
  const { schema } = fc.letrec((tie) => ({
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.record({ type: fc.constant('array'), items: tie('schema'), maxItems: fc.nat(3) }),
      fc.record({ minItems: fc.nat(2), uniqueItems: fc.boolean() }),
      fc.record({
        type: fc.constant('object'),
        properties: fc.dictionary(fc.constantFrom('a', 'b'), tie('schema')),
        required: fc.constantFrom([], ['a'], ['a', 'b']),
        additionalProperties: fc.boolean(),
        maxProperties: fc.integer({ min: 1, max: 3 }),
      }),
      fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie('schema') }),
    ),
  }));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 0, 1, -2, 2.5, '', 'a', 'abc'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    ),
  }));

  it('given any schema and any value, then ajv agrees', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    fc.assert(
      fc.property(schema, value, (anySchema, anyValue) => {
        const isValid = ajv.compile(anySchema as object)(anyValue);
        expect(argumentProblem(anySchema, anyValue) === undefined).toBe(isValid);
      }),
      { numRuns: 300 },
    );
  });
});
