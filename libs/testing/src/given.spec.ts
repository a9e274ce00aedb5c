import { describe, expect, it } from '@jest/globals';
import { given, specFor } from './given.js';
import { parcel, parcelDecider } from './parcel.js';

describe('given', () => {
  const move = { kind: 'move', place: 'Ghent' } as const;

  it('compares the decision', () => {
    const fresh = given(parcelDecider, [parcel.posted()]);
    fresh.when(move).then(parcel.moved('Ghent'));
    expect(() => fresh.when(move).then(undefined)).toThrow(/strictly/);
    expect(() => fresh.when(move).then(parcel.moved('Lille'))).toThrow(/strictly/);
  });

  it('compares the code of a refusal', () => {
    const none = specFor(parcelDecider)([]);
    none.when(move).thenRefused('state.conflict');
    expect(() => none.when(move).thenRefused('auth.required')).toThrow(/strictly/);
    const fresh = specFor(parcelDecider)([parcel.posted()]);
    expect(() => fresh.when(move).thenRefused('state.conflict')).toThrow(/expected a refusal/);
  });
});
