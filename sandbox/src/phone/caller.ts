import { Ear } from './ear.js';
import { beep, BYTES_PER_MS, isVoiced, silentFrame, type Frame, type Utterance } from './frames.js';
import { Meter, type Measures, type TurnMeasure } from './meter.js';
import { Recorder } from './recorder.js';
import type { CallerScript, CallerStep } from './script.js';
import type { SpokenText, Voice } from './voice.js';

/** What a person does with the telephone itself. */
export interface Handset {
  press(digit: string): void;
  hangUp(): void;
}

export interface CallerNews {
  readonly atMs: number;
  readonly type: 'said' | 'waited-in-vain' | 'pressed' | 'hung-up' | 'agent-spoke' | 'agent-quiet';
  readonly text?: string;
}

export interface CallerOptions {
  readonly script: CallerScript;
  readonly voice: Voice;
  readonly handset: Handset;
  readonly onTurn?: (turn: TurnMeasure) => void;
}

export interface CallerReport extends Measures {
  readonly news: readonly CallerNews[];
  readonly stepsDone: number;
  readonly stepsLeft: number;
}

/** Keys are pressed at a human pace. */
const KEY_MS = 200;
const MAX_NEWS = 2_000;

/**
 * The person at the other end of a call: asked fifty times a second what the mouth says, told what
 * the ear hears. Knows nothing of carriers; times are of one monotonic clock.
 */
export class Caller {
  readonly #options: CallerOptions;
  readonly #ear = new Ear();
  readonly #meter: Meter;
  readonly #news: CallerNews[] = [];
  readonly #recorder: Recorder | undefined;
  readonly #keys: string[] = [];
  #step = 0;
  #stepBeganMs: number | undefined;
  #answeredMs = 0;
  #nextKeyMs = 0;
  #mouth: { readonly utterance: Utterance; at: number } | undefined;
  #lastSpokeMs = 0;
  /** What the agent said before this is an answer that was waited for already. */
  #answerFromMs = 0;
  #agentSpeaks = false;
  #hasHungUp = false;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#meter = new Meter(options.onTurn);
    this.#recorder = options.script.record ? new Recorder() : undefined;
  }

  /** What was played to the caller in the last 20 ms, and what the caller says in the next. */
  frame(heard: Uint8Array | undefined, nowMs: number): Frame {
    this.#hear(heard, nowMs);
    if (this.#stepBeganMs === undefined) {
      this.#answeredMs = nowMs;
      this.#beginStep(0, nowMs);
    }
    this.#act(nowMs);
    const said = this.#speak(nowMs);
    this.#recorder?.add(said.bytes, heard);
    return said;
  }

  audioArrived(bytes: Uint8Array, nowMs: number): void {
    const durationMs = bytes.length / BYTES_PER_MS;
    this.#meter.audioArrived({ durationMs, isVoiced: isVoiced(bytes) }, nowMs);
  }

  audioCleared(nowMs: number): void {
    this.#meter.cleared(nowMs);
  }

  report(): CallerReport {
    const steps = this.#options.script.steps.length;
    const stepsDone = Math.min(this.#step, steps);
    return {
      ...this.#meter.measures(),
      news: this.#news,
      stepsDone,
      stepsLeft: steps - stepsDone,
    };
  }

  recording(): Buffer | undefined {
    return this.#recorder?.toWav();
  }

  #hear(heard: Uint8Array | undefined, nowMs: number): void {
    this.#ear.hear(heard !== undefined && isVoiced(heard), nowMs);
    const speaks = this.#ear.speakingForMs(nowMs) > 0;
    if (speaks === this.#agentSpeaks) return;
    this.#agentSpeaks = speaks;
    this.#tell({ atMs: nowMs, type: speaks ? 'agent-spoke' : 'agent-quiet' });
  }

  #speak(nowMs: number): Frame {
    const mouth = this.#mouth;
    const frame = mouth?.utterance.frames[mouth.at];
    if (!mouth || !frame) return silentFrame;
    if (mouth.at === 0) this.#meter.speechBegan(nowMs);
    mouth.at += 1;
    if (mouth.at === mouth.utterance.frames.length) {
      this.#mouth = undefined;
      this.#lastSpokeMs = nowMs;
      this.#answerFromMs = nowMs;
      this.#meter.speechEnded(mouth.utterance.text, nowMs);
    }
    return frame;
  }

  /** Does what the current step asks for and goes on to the next when it is done. */
  #act(nowMs: number): void {
    this.#pressKeys(nowMs);
    const { script } = this.#options;
    if (nowMs - this.#answeredMs > script.maxMs) this.#hangUp(nowMs);
    const step = script.steps[this.#step];
    if (!step || this.#hasHungUp) return;
    if (this.#isDone(step, nowMs)) this.#beginStep(this.#step + 1, nowMs);
  }

  #beginStep(index: number, nowMs: number): void {
    this.#step = index;
    this.#stepBeganMs = nowMs;
    const step = this.#options.script.steps[index];
    if (!step) return;
    if ('say' in step) this.#say(step, nowMs);
    else if ('beep' in step) this.#mouth = { utterance: beep(step.beep), at: 0 };
    else if ('dtmf' in step) this.#keys.push(...step.dtmf);
    else if ('hangUp' in step) {
      this.#step += 1;
      this.#hangUp(nowMs);
    }
  }

  #isDone(step: CallerStep, nowMs: number): boolean {
    const sinceMs = nowMs - (this.#stepBeganMs ?? nowMs);
    if ('say' in step || 'beep' in step) return this.#mouth === undefined;
    if ('dtmf' in step) return this.#keys.length === 0;
    if ('silence' in step) return sinceMs >= step.silence;
    if ('hangUp' in step) return true;
    if ('waitForAgent' in step) return this.#hasAgentFinished(step.waitForAgent, nowMs);
    return this.#hasInterrupted(step.interrupt, nowMs);
  }

  #hasAgentFinished(
    { quietMs, timeoutMs }: { readonly quietMs: number; readonly timeoutMs: number },
    nowMs: number,
  ): boolean {
    // An agent that answered faster than the step began has answered all the same.
    if (!this.#ear.heardSince(this.#answerFromMs)) return this.#isTooLate(timeoutMs, nowMs);
    if (this.#ear.quietForMs(nowMs) < quietMs) return false;
    this.#answerFromMs = nowMs;
    return true;
  }

  #hasInterrupted(
    interrupt: Extract<CallerStep, { interrupt: unknown }>['interrupt'],
    nowMs: number,
  ): boolean {
    if (this.#mouth) return false;
    if (this.#lastSpokeMs >= (this.#stepBeganMs ?? 0)) return true;
    if (this.#ear.speakingForMs(nowMs) >= Math.max(1, interrupt.afterMs)) {
      this.#say(interrupt, nowMs);
      return false;
    }
    return this.#isTooLate(interrupt.timeoutMs, nowMs);
  }

  #isTooLate(timeoutMs: number, nowMs: number): boolean {
    if (nowMs - (this.#stepBeganMs ?? nowMs) < timeoutMs) return false;
    this.#tell({ atMs: nowMs, type: 'waited-in-vain' });
    return true;
  }

  #say(say: SpokenText, nowMs: number): void {
    this.#mouth = { utterance: this.#options.voice.utterance(say), at: 0 };
    if (this.#mouth.utterance.frames.length === 0) {
      this.#mouth = undefined;
      this.#lastSpokeMs = nowMs;
    }
    this.#tell({ atMs: nowMs, type: 'said', text: say.say });
  }

  #pressKeys(nowMs: number): void {
    if (nowMs < this.#nextKeyMs) return;
    const digit = this.#keys.shift();
    if (digit === undefined) return;
    this.#nextKeyMs = nowMs + KEY_MS;
    this.#options.handset.press(digit);
    this.#tell({ atMs: nowMs, type: 'pressed', text: digit });
  }

  #hangUp(nowMs: number): void {
    if (this.#hasHungUp) return;
    this.#hasHungUp = true;
    this.#tell({ atMs: nowMs, type: 'hung-up' });
    this.#options.handset.hangUp();
  }

  #tell(news: CallerNews): void {
    if (this.#news.length < MAX_NEWS) this.#news.push(news);
  }
}
