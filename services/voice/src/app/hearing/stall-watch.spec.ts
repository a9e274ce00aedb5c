import { describe, expect, it } from '@jest/globals';
import { FakeListening } from '../../../test/fakes/fake-speech-to-text.js';
import { listeningOrder } from '../../../test/support/listening-orders.js';
import { StallWatch } from './stall-watch.js';

function watching() {
  const clock = { atMs: 0, nowMs: () => clock.atMs };
  const listening = new FakeListening(listeningOrder());
  const watch = new StallWatch(listening, clock);
  const speak = (frames: number): void => {
    for (let n = 0; n < frames; n += 1) watch.loudFrame();
  };
  return { clock, listening, watch, speak };
}

describe('StallWatch', () => {
  it('ends a session that says nothing to 2.5 s with speech in them', () => {
    const { clock, listening, watch, speak } = watching();
    speak(25);
    clock.atMs = 2499;
    watch.look();
    expect(listening.isClosed).toBe(false);
    clock.atMs = 2500;
    watch.look();
    expect(listening.isClosed).toBe(true);
    expect(watch.error?.code).toBe('provider.timeout');
  });

  it('does not mind a vendor that is silent because the line is', () => {
    const { clock, listening, watch, speak } = watching();
    speak(24);
    clock.atMs = 60_000;
    watch.look();
    expect(listening.isClosed).toBe(false);
  });

  it('counts anew from every message', () => {
    const { clock, listening, watch, speak } = watching();
    speak(25);
    clock.atMs = 2400;
    listening.lastMessageAtMs = 1;
    watch.look();
    speak(25);
    clock.atMs = 4899;
    watch.look();
    expect(listening.isClosed).toBe(false);
  });
});
