import { describe, expect, it } from '@jest/globals';
import { FakeListening } from '../../../test/fakes/fake-speech-to-text.js';
import { listeningOrder } from '../../../test/support/listening-orders.js';
import { StallWatch } from './stall-watch.js';

function watching() {
  const clock = { atMs: 0, nowMs: () => clock.atMs };
  const listening = new FakeListening(listeningOrder());
  const speech = { isOn: false };
  const watch = new StallWatch(listening, clock, () => speech.isOn);
  const send = (frames: number, isLoud: boolean): void => {
    for (let n = 0; n < frames; n += 1) watch.sent(isLoud);
  };
  return { clock, listening, watch, speech, send };
}

describe('StallWatch', () => {
  it('ends a session that says nothing to 2.5 s with speech in them', () => {
    const { clock, listening, watch, send } = watching();
    send(25, true);
    clock.atMs = 2499;
    watch.look();
    expect(listening.isClosed).toBe(false);
    clock.atMs = 2500;
    watch.look();
    expect(listening.isClosed).toBe(true);
    expect(watch.error?.code).toBe('provider.timeout');
  });

  it('does not mind a vendor that is silent because the line is', () => {
    const { clock, listening, watch, send } = watching();
    send(24, true);
    clock.atMs = 60_000;
    watch.look();
    expect(listening.isClosed).toBe(false);
  });

  it('ends a session that falls silent in the middle of a turn, while the line is quiet', () => {
    const { clock, listening, watch, speech, send } = watching();
    send(50, false);
    clock.atMs = 2500;
    watch.look();
    expect(listening.isClosed).toBe(false);
    speech.isOn = true;
    watch.look();
    expect(listening.isClosed).toBe(true);
  });

  it('expects nothing of a line that sends nothing', () => {
    const { clock, listening, watch, speech, send } = watching();
    speech.isOn = true;
    send(49, false);
    clock.atMs = 60_000;
    watch.look();
    expect(listening.isClosed).toBe(false);
  });

  it('counts anew from every message', () => {
    const { clock, listening, watch, send } = watching();
    send(25, true);
    clock.atMs = 2400;
    listening.lastMessageAtMs = 1;
    watch.look();
    send(25, true);
    clock.atMs = 4899;
    watch.look();
    expect(listening.isClosed).toBe(false);
  });
});
