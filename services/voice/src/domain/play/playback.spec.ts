import { describe, expect, it } from '@jest/globals';
import { playRules, type PlayStep } from './play-step.js';
import { Playback } from './playback.js';

/** One second of sound of utterance 1 is 50 frames. */
function given(frames: number, options: { readonly isFinished?: boolean } = {}) {
  const playback = new Playback(playRules('always'));
  add(playback, 1, frames);
  if (options.isFinished === true) playback.finish(1);
  return playback;
}

function add(playback: Playback, utterance: number, frames: number): void {
  expect(playback.begin(utterance)).toBe(true);
  playback.received(utterance, frames);
}

function leave(playback: Playback, nowMs: number): PlayStep[] {
  const steps: PlayStep[] = [];
  for (let step = playback.next(nowMs); step !== null; step = playback.next(nowMs)) {
    steps.push(step);
  }
  return steps;
}

const framesOf = (steps: readonly PlayStep[]): number =>
  steps.filter((step) => step.type === 'frame').length;
const marksOf = (steps: readonly PlayStep[]): string[] =>
  steps.flatMap((step) => (step.type === 'mark' ? [step.name] : []));

/** Lets time pass in ticks of 20 ms and answers what left. */
function run(playback: Playback, fromMs: number, untilMs: number): PlayStep[] {
  const steps: PlayStep[] = [];
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += 20) steps.push(...leave(playback, nowMs));
  return steps;
}

describe('the lead', () => {
  it('given much sound, when it begins, then 300 ms leave at once', () => {
    expect(framesOf(leave(given(500), 0))).toBe(15);
  });

  it('given a full lead, when 40 ms have passed, then nothing leaves; after 80 ms four frames', () => {
    const playback = given(500);
    leave(playback, 0);
    expect(leave(playback, 40)).toEqual([]);
    expect(framesOf(leave(playback, 80))).toBe(4);
  });

  it('given a tick that is 10 s late, then it sends the lead and not what was missed', () => {
    const playback = given(5000);
    leave(playback, 0);
    expect(framesOf(leave(playback, 10_000))).toBe(15);
  });

  it('given ten minutes, then as much has left as was played, and the lead', () => {
    const playback = given(60_000);
    const steps = run(playback, 0, 599_980);
    expect(framesOf(steps) * 20).toBeGreaterThanOrEqual(600_000 + 200);
    expect(framesOf(steps) * 20).toBeLessThanOrEqual(600_000 + 300);
  });

  it('given foreign frames at the carrier, then they count towards the lead', () => {
    const playback = given(500);
    playback.spent(0);
    playback.spent(0);
    expect(framesOf(leave(playback, 0))).toBe(13);
  });
});

describe('marks', () => {
  it('given 500 ms of sound, then there is one at 200, at 400 and at the end', () => {
    const steps = run(given(25, { isFinished: true }), 0, 1000);
    expect(marksOf(steps)).toEqual(['0.1.10', '0.1.20', '0.1.25e']);
  });

  it('given sound that ran out before it was finished, then the end is marked when it is', () => {
    const playback = given(5);
    expect(marksOf(leave(playback, 0))).toEqual([]);
    playback.finish(1);
    expect(leave(playback, 200)).toEqual([{ type: 'mark', name: '0.1.5e' }]);
  });

  it('given their echoes, then so much was heard, and at last all of it', () => {
    const playback = given(25, { isFinished: true });
    run(playback, 0, 1000);
    expect(playback.echoed('0.1.10')).toEqual([{ type: 'played', utterance: 1, untilMs: 200 }]);
    expect(playback.echoed('0.1.25e')).toEqual([
      { type: 'played', utterance: 1, untilMs: 400 },
      { type: 'played', utterance: 1, untilMs: 500 },
      { type: 'play-ended', utterance: 1 },
    ]);
    expect(playback.current).toBeNull();
  });

  it('given an echo nobody asked for, then nothing was heard', () => {
    const playback = given(25);
    run(playback, 0, 1000);
    expect(playback.echoed('7.1.10')).toEqual([]);
    expect(playback.echoed('')).toEqual([]);
  });

  it('given no echo for a second after it was due, then the clock counts', () => {
    const playback = given(25, { isFinished: true });
    run(playback, 0, 1000);
    expect(playback.overdue(1199)).toEqual([]);
    expect(playback.overdue(1200)).toEqual([{ type: 'played', utterance: 1, untilMs: 200 }]);
    expect(playback.overdue(5000)).toHaveLength(3);
    expect(playback.echoed('0.1.25e')).toEqual([]);
  });

  it('given a carrier that never echoes, then the clock counts a tenth of a second later', () => {
    const playback = new Playback(playRules('never'));
    add(playback, 1, 25);
    run(playback, 0, 400);
    expect(playback.overdue(299)).toEqual([]);
    expect(playback.overdue(300)).toEqual([{ type: 'played', utterance: 1, untilMs: 200 }]);
  });

  it('given a carrier that is dead, then no more than 256 are remembered', () => {
    const playback = given(50_000);
    run(playback, 0, 100_000);
    expect(playback.overdue(1_000_000)).toHaveLength(256);
  });
});

describe('pause', () => {
  it('given nothing to play, then there is nothing to pause, and sound that comes is played', () => {
    const playback = new Playback(playRules('always'));
    expect(playback.pause(0)).toBeNull();
    add(playback, 1, 5);
    expect(framesOf(leave(playback, 0))).toBe(5);
  });

  it('given one echo, then that much was heard for certain, and nothing leaves any more', () => {
    const playback = given(100);
    run(playback, 0, 600);
    playback.echoed('0.1.20');
    expect(playback.pause(620)).toEqual({ utterance: 1, heardMs: 400 });
    expect(run(playback, 640, 2000)).toEqual([]);
    expect(playback.pause(700)).toEqual({ utterance: 1, heardMs: 400 });
  });

  it('given marks that are echoed after it, then they were not heard', () => {
    const playback = given(100);
    run(playback, 0, 600);
    playback.pause(620);
    expect(playback.echoed('0.1.20')).toEqual([]);
    playback.resume(0);
    expect(marksOf(leave(playback, 700))).toEqual(['1.1.10']);
    expect(playback.echoed('0.1.10')).toEqual([]);
    expect(playback.echoed('1.1.10')).toEqual([{ type: 'played', utterance: 1, untilMs: 200 }]);
  });

  it('given sound that still comes, then it waits', () => {
    const playback = given(10);
    playback.pause(0);
    playback.received(1, 10);
    expect(leave(playback, 100)).toEqual([]);
    expect(playback.queuedMs).toBe(400);
  });
});

describe('resume', () => {
  it('given a word boundary before what was heard, then the tail is played again from there', () => {
    const playback = given(100);
    run(playback, 0, 600);
    playback.echoed('0.1.20');
    playback.pause(620);
    playback.resume(310);
    expect(leave(playback, 640)[0]).toEqual({ type: 'frame', utterance: 1, index: 15 });
  });

  it('given a second pause before it came as far as the first, then the first still counts', () => {
    const playback = given(100);
    run(playback, 0, 600);
    playback.echoed('0.1.20');
    playback.pause(620);
    playback.resume(0);
    leave(playback, 640);
    expect(playback.echoed('1.1.10')).toEqual([]);
    expect(playback.pause(700)).toEqual({ utterance: 1, heardMs: 400 });
  });

  it('given a moment beyond the sound, then only the end is told', () => {
    const playback = given(10, { isFinished: true });
    leave(playback, 0);
    playback.pause(0);
    playback.resume(10_000);
    expect(leave(playback, 20)).toEqual([{ type: 'mark', name: '1.1.10e' }]);
  });
});

describe('drop', () => {
  it('given sound that still comes of it, then it is not taken; the next utterance is', () => {
    const playback = given(100);
    run(playback, 0, 200);
    playback.drop(220);
    expect(playback.begin(1)).toBe(false);
    expect(playback.queuedMs).toBe(0);
    expect(playback.begin(2)).toBe(true);
  });

  it('given several that wait, then none of them is played', () => {
    const playback = given(100, { isFinished: true });
    add(playback, 2, 10);
    playback.pause(0);
    playback.drop(0);
    expect(playback.begin(1)).toBe(false);
    expect(playback.begin(2)).toBe(false);
    expect(playback.current).toBeNull();
  });
});

describe('utterances', () => {
  it('given a second one, then it follows the first without a gap', () => {
    const playback = given(5, { isFinished: true });
    add(playback, 2, 5);
    const steps = leave(playback, 0);
    expect(steps.map((step) => (step.type === 'frame' ? step.utterance : step.name))).toEqual([
      ...[1, 1, 1, 1, 1],
      '0.1.5e',
      ...[2, 2, 2, 2, 2],
    ]);
  });

  it('given a first one that is not finished, then the second waits for it', () => {
    const playback = given(5);
    add(playback, 2, 5);
    expect(framesOf(run(playback, 0, 1000))).toBe(5);
  });

  it('given sound of an older one, then it is not taken', () => {
    const playback = given(5);
    add(playback, 2, 5);
    expect(playback.begin(1)).toBe(false);
  });

  it('given sound after its end, then it is not taken', () => {
    expect(given(5, { isFinished: true }).begin(1)).toBe(false);
  });

  it('begins once, however often it is played again', () => {
    const playback = given(5);
    const first = playback.next(0) as PlayStep;
    expect(playback.begins(first)).toBe(true);
    playback.pause(20);
    playback.resume(0);
    expect(playback.begins(playback.next(40) as PlayStep)).toBe(false);
  });
});

describe('gaps', () => {
  it('given sound that comes 100 ms too late in mid-utterance, then that long was silence', () => {
    const playback = given(5);
    leave(playback, 0);
    playback.received(1, 5);
    playback.next(200);
    expect(playback.takeGapMs()).toBe(100);
    expect(playback.takeGapMs()).toBe(0);
  });

  it('given a pause or a new utterance, then silence is meant', () => {
    const playback = given(5);
    leave(playback, 0);
    playback.pause(50);
    playback.resume(0);
    playback.next(900);
    expect(playback.takeGapMs()).toBe(0);
    playback.finish(1);
    add(playback, 2, 5);
    run(playback, 900, 900);
    expect(playback.takeGapMs()).toBe(0);
  });
});

describe('a socket that is away', () => {
  it('given what was not heard, then it is sent again when the socket is back', () => {
    const playback = given(100);
    run(playback, 0, 600);
    playback.echoed('0.1.20');
    playback.hold(620);
    expect(run(playback, 640, 2000)).toEqual([]);
    playback.release();
    expect(leave(playback, 2020)[0]).toEqual({ type: 'frame', utterance: 1, index: 20 });
  });

  it('given a pause meanwhile, then it stays paused', () => {
    const playback = given(100);
    playback.hold(0);
    playback.pause(10);
    playback.release();
    expect(leave(playback, 20)).toEqual([]);
  });
});
