import { describe, expect, it } from '@jest/globals';
import type { Envelope } from '@trunkline/contracts';
import { InMemoryEventStore } from '@trunkline/platform';
import type { By } from './by.js';
import { Facts } from './facts.js';
import { createTenant, slugHolder } from './tenancy.js';

const by: By = { actor: { kind: 'user', id: 'u1' }, correlationId: 'r1', signal: undefined };
const bakery = { name: 'Bakery', slug: 'bakery', parent: null };
const MINUTE_MS = 60_000;

function world() {
  const time = { nowMs: Date.UTC(2026, 10, 21) };
  const clock = { nowMs: () => time.nowMs };
  const store = new InMemoryEventStore({ clock });
  const show = (): Promise<void> => Promise.resolve();
  const facts = new Facts({ store, show });
  const afterAppend = ({ type }: Envelope): void => {
    if (type === 'slug-claim.claimed') throw new Error('killed');
  };
  const dying = { facts: new Facts({ store, show, afterAppend }), clock };
  return { time, deps: { facts, clock }, dying };
}

describe('a slug', () => {
  it('claimed by a create that died is free again once no request can live any more', async () => {
    const { time, deps, dying } = world();
    await expect(createTenant(dying, { id: 't1', ...bakery }, by)).rejects.toThrow('killed');
    const again = (): Promise<Envelope> => createTenant(deps, { id: 't2', ...bakery }, by);
    await expect(again()).rejects.toMatchObject({ code: 'slug.taken' });
    time.nowMs += 11 * MINUTE_MS;
    expect(await slugHolder(deps, 'bakery')).toBeNull();
    expect(await again()).toMatchObject({ id: 't2' });
    expect(await slugHolder(deps, 'bakery')).toBe('t2');
  });

  it('is finished by a repetition of the create that died', async () => {
    const { time, deps, dying } = world();
    await expect(createTenant(dying, { id: 't1', ...bakery }, by)).rejects.toThrow('killed');
    time.nowMs += 11 * MINUTE_MS;
    expect(await createTenant(deps, { id: 't1', ...bakery }, by)).toMatchObject({ id: 't1' });
  });

  it('of a tenant that exists is taken, however long ago it was claimed', async () => {
    const { time, deps } = world();
    await createTenant(deps, { id: 't1', ...bakery }, by);
    time.nowMs += 100 * MINUTE_MS;
    const other = createTenant(deps, { id: 't2', ...bakery }, by);
    await expect(other).rejects.toMatchObject({ code: 'slug.taken' });
    expect(await slugHolder(deps, 'bakery')).toBe('t1');
  });
});
