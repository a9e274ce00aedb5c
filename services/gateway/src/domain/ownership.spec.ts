import { describe, it } from '@jest/globals';
import { specFor } from '@trunkline/testing';
import { ownership } from './ownership.js';

const given = specFor(ownership);
const gained = (user: string) => ({ type: 'ownership.gained', data: { user } }) as const;
const givenUp = (user: string) => ({ type: 'ownership.given-up', data: { user } }) as const;

describe('the owners of a tenant', () => {
  it('gain once', () => {
    given([]).when({ type: 'gain', user: 'a' }).then(gained('a'));
    given([gained('a')])
      .when({ type: 'gain', user: 'a' })
      .then(undefined);
  });

  it('give up unless they are the last', () => {
    given([gained('a')])
      .when({ type: 'give-up', user: 'a' })
      .thenRefused('member.last-owner');
    given([gained('a'), gained('b')])
      .when({ type: 'give-up', user: 'a' })
      .then(givenUp('a'));
    given([gained('a'), gained('b'), givenUp('a')])
      .when({ type: 'give-up', user: 'b' })
      .thenRefused('member.last-owner');
  });

  it('repeat a half-done change without harm', () => {
    given([gained('a'), gained('b'), givenUp('a')])
      .when({ type: 'give-up', user: 'a' })
      .then(undefined);
    given([]).when({ type: 'give-up', user: 'a' }).thenRefused('member.last-owner');
  });
});
