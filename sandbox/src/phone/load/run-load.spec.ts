import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { playEchoAgent } from '../../../test/echo-agent.js';
import { FakePlatform } from '../../../test/fake-platform.js';
import { readLoadFlags } from './load-flags.js';
import { percentilesOf } from './percentiles.js';
import { Load } from './run-load.js';

let platform: FakePlatform;

beforeEach(async () => {
  platform = await new FakePlatform().start();
});
afterEach(() => platform.stop());

const flagsFor = (...more: string[]) =>
  readLoadFlags([
    ...['--account', 'AC1', '--secret', 's', '--to', '+15550001111', '--stagger-ms', '7'],
    ...['--answer-url', `${platform.url}/answer`, '--status-url', `${platform.url}/status`],
    ...more,
  ]);

describe('Load', () => {
  it('keeps callers talking, interrupts, and prints what they measured', async () => {
    playEchoAgent(platform, { silentFrames: 5, replyFrames: 40 });
    const lines: Record<string, unknown>[] = [];
    const flags = flagsFor(
      '--calls',
      '3',
      '--turns',
      '2',
      '--total-calls',
      '3',
      '--interrupt-every',
      '1',
      '--interrupt-after-ms',
      '100',
    );
    await new Load(flags, (line) => lines.push(line as Record<string, unknown>)).run(
      new AbortController().signal,
    );
    const of = (type: string) => lines.filter((line) => line['type'] === type);
    expect(of('listening')).toHaveLength(1);
    expect(of('call').map(({ outcome, stepsLeft }) => [outcome, stepsLeft])).toEqual(
      Array.from({ length: 3 }, () => ['completed', 0]),
    );
    expect(of('turn')).toHaveLength(6);
    expect(of('summary')).toEqual([
      expect.objectContaining({
        calls: 3,
        failed: 0,
        unanswered: 0,
        voiceToVoiceMs: expect.objectContaining({ count: 6 }),
        speechToClearMs: expect.objectContaining({ count: 3 }),
      }),
    ]);
  });

  it('refuses flags with one line', () => {
    expect(() => flagsFor('--calls', 'many')).toThrow('--calls');
    expect(() => readLoadFlags(['--nonsense', '1'])).toThrow('--nonsense');
  });

  it('takes the nearest value at or above for a percentile', () => {
    expect(percentilesOf([])).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, max: 0 });
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentilesOf(values)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
  });
});
