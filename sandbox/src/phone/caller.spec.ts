import { describe, expect, it } from '@jest/globals';
import { readWav } from '../speech/wav.js';
import { Caller } from './caller.js';
import { callerScript } from './script.js';
import { Voice } from './voice.js';

const tone = (text: string): Int16Array =>
  Int16Array.from({ length: 160 * text.length }, (_, at) => (at % 40 < 20 ? 6_000 : -6_000));
const agentFrame = new Uint8Array(160).map((_, at) => (at % 40 < 20 ? 0x10 : 0x90));
const silence = new Uint8Array(160).fill(0xff);

/** A caller whose time we make: 20 ms with every step. */
class Line {
  nowMs = 1_000;
  readonly pressed: string[] = [];
  hasHungUp = false;
  readonly caller: Caller;

  constructor(steps: unknown, record = false) {
    this.caller = new Caller({
      script: callerScript.parse({ steps, record }),
      voice: new Voice({
        speak: (text) => ({ samples: tone(text) }),
        prepare: () => Promise.resolve(),
      }),
      handset: {
        press: (digit) => this.pressed.push(digit),
        hangUp: () => {
          this.hasHungUp = true;
        },
      },
    });
  }

  /** Answers how many of the frames carried the caller's voice. */
  pass(ms: number, heard?: Uint8Array): number {
    let voiced = 0;
    for (let each = 0; each < ms; each += 20) {
      if (heard) this.caller.audioArrived(heard, this.nowMs);
      if (this.caller.frame(heard, this.nowMs).isVoiced) voiced += 1;
      this.nowMs += 20;
    }
    return voiced;
  }
}

describe('the caller', () => {
  it('speaks, waits until the agent has spoken and is quiet, and speaks again', () => {
    const line = new Line([{ say: 'abc' }, { waitForAgent: { quietMs: 200 } }, { say: 'de' }]);
    expect(line.pass(1_000)).toBe(3);
    expect(line.pass(400, agentFrame)).toBe(0);
    expect(line.pass(180)).toBe(0);
    expect(line.pass(400)).toBe(2);
  });

  it('goes on without an answer after its patience, and says so', () => {
    const line = new Line([{ waitForAgent: { timeoutMs: 500 } }, { hangUp: true }]);
    line.pass(480);
    expect(line.hasHungUp).toBe(false);
    line.pass(100);
    expect(line.hasHungUp).toBe(true);
    expect(line.caller.report().news.map(({ type }) => type)).toEqual([
      'waited-in-vain',
      'hung-up',
    ]);
  });

  it('interrupts once the agent has been speaking for so long', () => {
    const line = new Line([{ interrupt: { say: 'stop', afterMs: 300 } }]);
    expect(line.pass(2_000)).toBe(0);
    expect(line.pass(300, agentFrame)).toBe(0);
    expect(line.pass(200, agentFrame)).toBe(4);
    line.caller.audioCleared(line.nowMs);
    const [clear] = line.caller.report().clears;
    expect(clear).toBeUndefined();
  });

  it('measures from its first word to the clear while it still speaks', () => {
    const line = new Line([{ interrupt: { say: 'a long interruption', afterMs: 100 } }]);
    line.pass(100, agentFrame);
    line.pass(100, agentFrame);
    line.caller.audioCleared(line.nowMs);
    expect(line.caller.report().clears).toEqual([{ atMs: 1_200, speechToClearMs: 100 }]);
  });

  it('measures from its last word to the first audible frame', () => {
    const line = new Line([{ say: 'abc' }]);
    line.pass(60);
    line.pass(400, silence);
    line.pass(100, agentFrame);
    const [turn] = line.caller.report().turns;
    expect(turn).toEqual({ said: 'abc', speechEndedAtMs: 1_040, voiceToVoiceMs: 420 });
  });

  it('does not take what the agent was still saying for an answer', () => {
    const line = new Line([{ say: 'abc' }]);
    line.caller.audioArrived(new Uint8Array(1_600).fill(0x10), line.nowMs);
    line.pass(60);
    line.pass(40, agentFrame);
    line.caller.audioCleared(line.nowMs);
    line.pass(200, silence);
    line.pass(20, agentFrame);
    expect(line.caller.report().turns).toMatchObject([{ voiceToVoiceMs: 260 }]);
  });

  it('counts holes in the agent’s sound, but no pauses', () => {
    const line = new Line([]);
    line.pass(100, agentFrame);
    line.nowMs += 40;
    line.pass(100, agentFrame);
    line.nowMs += 3_000;
    line.pass(100, agentFrame);
    expect(line.caller.report().gaps).toEqual([{ atMs: 1_140, gapMs: 40 }]);
  });

  it('presses keys at a human pace, beeps and keeps silent', () => {
    const line = new Line([{ dtmf: '12#' }, { silence: 100 }, { beep: 60 }]);
    line.pass(220);
    expect(line.pressed).toEqual(['1', '2']);
    expect(line.pass(1_000)).toBe(3);
    expect(line.pressed).toEqual(['1', '2', '#']);
  });

  it('leaves at last when nobody ends the call', () => {
    const caller = new Line([{ silence: 600_000 }]);
    caller.pass(299_000);
    expect(caller.hasHungUp).toBe(false);
    caller.pass(2_000);
    expect(caller.hasHungUp).toBe(true);
  });

  it('records itself on the left and the agent on the right', () => {
    const line = new Line([{ say: 'a' }], true);
    line.pass(20);
    line.pass(20, agentFrame);
    const wav = readWav(line.caller.recording() ?? Buffer.alloc(0));
    expect([wav.channels, wav.rateHz, wav.samples.length]).toEqual([2, 8_000, 640]);
    const loud = (from: number, lane: 0 | 1): boolean =>
      Math.abs(wav.samples[from * 320 + lane] ?? 0) > 1_000;
    expect([loud(0, 0), loud(0, 1), loud(1, 0), loud(1, 1)]).toEqual([true, false, false, true]);
  });
});
