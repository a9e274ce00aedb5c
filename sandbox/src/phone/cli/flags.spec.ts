import { describe, expect, it } from '@jest/globals';
import { readFlags } from './flags.js';

const noFile = (): never => {
  throw new Error('no file was named');
};
const steps = (...args: string[]) => readFlags(args, noFile).script.steps;
const wait = { waitForAgent: { quietMs: 700, timeoutMs: 15_000 } };

describe('readFlags', () => {
  it('makes a conversation of what is said, and leaves politely', () => {
    expect(steps('--say', 'a', '--say', 'b')).toEqual([
      wait,
      { say: 'a' },
      wait,
      { say: 'b' },
      wait,
      { hangUp: true },
    ]);
  });

  it('says the next text as an interruption', () => {
    expect(steps('--interrupt', '300', '--say', 'a', '--hangup-after', '50')).toEqual([
      { interrupt: { say: 'a', afterMs: 300, timeoutMs: 15_000 } },
      { silence: 50 },
      { hangUp: true },
    ]);
  });

  it('reads a script from a file, with what is expected', () => {
    const script = { steps: [{ say: 'a' }], expect: { said: ['hello'] } };
    const flags = readFlags(['--script', 'x.json', '--record', 'y.wav'], () => script);
    expect(flags.script).toMatchObject({ record: true, expect: { said: ['hello'], notSaid: [] } });
  });

  it("takes a mode in place of the agent's own", () => {
    expect(readFlags(['--mode', 'gemini-live'], noFile).mode).toBe('gemini-live');
    const web = ['--web', '--agent', 'A', '--mode', 'openai-realtime'];
    expect(readFlags(web, noFile).mode).toBe('openai-realtime');
    expect(readFlags([], noFile).mode).toBeUndefined();
  });

  it.each([
    [['--nonsense'], 'no flag --nonsense'],
    [['--say'], '--say needs a value'],
    [['--silence', 'x'], '--silence needs milliseconds, not "x"'],
    [['--carrier', 'acme'], '--carrier is one of twilio, telnyx, plivo, vobiz'],
    [['--interrupt', '5'], '--interrupt needs a --say after it'],
    [['--mode', 'x'], '--mode is one of cascaded, openai-realtime, gemini-live'],
    [['--mode', 'cascaded', '--agent', 'A'], '--mode with --agent needs --web'],
    [['--dtmf', 'x'], 'the script does not read: steps.1'],
  ])('refuses %p with one line', (args, message) => {
    expect(() => readFlags(args, noFile)).toThrow(message);
  });
});
