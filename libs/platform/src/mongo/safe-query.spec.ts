import { describe, expect, it } from '@jest/globals';
import { assertSafeFilter, assertSafeUpdate, assertTenant, trusted } from './safe-query.js';

const refused = expect.objectContaining({ code: 'request.invalid' });

describe('assertSafeFilter', () => {
  it.each([
    ['scalars and dotted paths', { name: 'a', 'config.language': 'en', n: 1, at: new Date(0) }],
    ['operators of ours', { v: trusted({ $gte: 1, $lt: 3 }), id: trusted({ $in: ['a', 'b'] }) }],
    ['alternatives', { $or: [{ name: 'a' }, { name: trusted({ $exists: false }) }] }],
    ['operators as text', { name: '$gt' }],
  ])('takes %s', (_title, filter) => {
    expect(() => assertSafeFilter(filter)).not.toThrow();
  });

  it.each([
    ['an operator out of a body', { name: JSON.parse('{"$gt":""}') }],
    ['an object out of a body', { name: JSON.parse('{"nested":"x"}') }],
    ['a list out of a body', { name: ['a'] }],
    ['an operator inside our own', { name: trusted({ $eq: JSON.parse('{"$gt":""}') }) }],
    ['an object in our list', { name: trusted({ $in: [{ $gt: '' }] }) }],
    ['$where', { $where: 'sleep(1)' }],
    ['$expr', { $expr: { $eq: [1, 1] } }],
    ['$where in disguise', { $or: [{ $where: '1' }] }],
    ['another tenant', { tenant: 't2' }],
    ['another tenant below', { $or: [{ name: 'a' }, { tenant: 't2' }] }],
    ['an unknown operator', { name: trusted({ $where: '1' }) }],
    ['alternatives that are none', { $or: { name: 'a' } }],
  ])('refuses %s', (_title, filter) => {
    expect(() => assertSafeFilter(filter)).toThrow(refused);
  });
});

describe('assertSafeUpdate', () => {
  it('takes field operators with plain data', () => {
    const update = { $set: { name: 'a', config: { a: [1, { b: 2 }] } }, $inc: { v: 1 } };
    expect(() => assertSafeUpdate(update)).not.toThrow();
  });

  it.each([
    ['a move to another tenant', { $set: { tenant: 't2' } }],
    ['another id', { $set: { _id: 'x' } }],
    ['a pipeline', [{ $set: { name: 'a' } }] as unknown as Record<string, unknown>],
    ['a renaming', { $rename: { tenant: 'x' } }],
    ['operators in data', { $set: { config: { deep: [{ $gt: 1 }] } } }],
  ])('refuses %s', (_title, update) => {
    expect(() => assertSafeUpdate(update)).toThrow(refused);
  });
});

describe('assertTenant', () => {
  it.each([[''], [undefined], [null], [{ $ne: '' }], [7]])('refuses %p', (tenant) => {
    expect(() => assertTenant(tenant)).toThrow(TypeError);
  });
});
