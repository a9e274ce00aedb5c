import { describe, expect, it } from '@jest/globals';
import { eventIdIn } from './message-id.js';

const withId = (id: string) => ({ headers: { get: () => id } });

describe('the id of a message in the log', () => {
  it('ends in the id of its event', () => {
    expect(eventIdIn(withId('acme.agent.a1.3.018f-e1'))).toBe('018f-e1');
  });

  it('names no event where there is none', () => {
    expect(eventIdIn({})).toBeUndefined();
    expect(eventIdIn(withId(''))).toBeUndefined();
  });
});
