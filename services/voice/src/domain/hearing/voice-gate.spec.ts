import { describe, expect, it } from '@jest/globals';
import { closedGate, gateRulesOf, judge, type VoiceGateRules } from './voice-gate.js';

const rules: VoiceGateRules = { minSilenceMs: 200 };

/** What is told of windows of 32 ms, and by which of them. */
function signsOf(probabilities: readonly number[], by = rules): string[] {
  let gate = closedGate;
  return probabilities.flatMap((probability, at) => {
    const [next, sign] = judge(gate, { probability, lengthMs: 32 }, by);
    gate = next;
    return sign ? [`${at} ${sign.type}`] : [];
  });
}

const many = (probability: number, count: number): number[] =>
  Array.from({ length: count }, () => probability);

describe('a voice on the line', () => {
  it('is one after 90 ms', () => {
    expect(signsOf([0.1, 0.6, 0.9, 0.9, 0.9])).toEqual(['3 speech-started']);
  });

  it('is none when it was a click', () => {
    expect(signsOf([0.9, 0.9, 0.1, 0.9, 0.9, 0.1])).toEqual([]);
  });

  it('may waver while it begins', () => {
    expect(signsOf([0.6, 0.4, 0.6, 0.4, 0.6])).toEqual(['4 speech-started']);
  });

  it('goes on through what is not certainly silence', () => {
    expect(signsOf([...many(0.9, 3), ...many(0.4, 50)])).toEqual(['2 speech-started']);
  });

  it('goes on after a pause between words', () => {
    expect(signsOf([...many(0.9, 3), ...many(0, 5), 0.9, ...many(0, 5)])).toHaveLength(1);
  });

  it('is over after the silence it is given, and what wavers in it is silence', () => {
    const said = [...many(0.9, 3), 0.1, ...many(0.4, 6)];
    expect(signsOf(said)).toEqual(['2 speech-started', '9 speech-stopped']);
  });

  it('tells for how long it has been over', () => {
    const open = { isOpen: true, voicedMs: 0, silentMs: 192 };
    expect(judge(open, { probability: 0, lengthMs: 32 }, rules)[1]).toEqual({
      type: 'speech-stopped',
      silentMs: 224,
    });
  });
});

describe('the silence a voice is given', () => {
  it.each([
    [0, 90],
    [150, 150],
    [300, 200],
  ])('is never longer than the agent waits, nor than needed: %i ms → %i ms', (minDelayMs, ms) => {
    expect(gateRulesOf({ minDelayMs })).toEqual({ minSilenceMs: ms });
  });
});
