import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { carrierStandIns } from '../../carriers/carrier-stand-ins.js';
import type { CarrierCall } from '../../carriers/carrier-call.js';
import { LoopDelay } from '../../core/loop-delay.js';
import { startSandbox, type Sandbox } from '../../start-sandbox.js';
import type { TurnMeasure } from '../meter.js';
import { synthesizedSpeech, Voice } from '../voice.js';
import { conversation, everythingSaid } from './conversation.js';
import type { LoadFlags } from './load-flags.js';
import { percentilesOf, round } from './percentiles.js';

const LOOP_EVERY_MS = 1_000;
const ENDING_MS = 30_000;

export type Print = (line: object) => void;

interface Tally {
  readonly voiceToVoiceMs: number[];
  readonly speechToClearMs: number[];
  readonly gapMs: number[];
  unanswered: number;
  calls: number;
  failed: number;
}

/** Keeps so many callers on the line for so long and prints what they measured. */
export class Load {
  readonly #flags: LoadFlags;
  readonly #print: Print;
  readonly #loop = new LoopDelay();
  readonly #tally: Tally = {
    voiceToVoiceMs: [],
    speechToClearMs: [],
    gapMs: [],
    unanswered: 0,
    calls: 0,
    failed: 0,
  };
  readonly #endings = new Map<string, () => void>();
  #begun = 0;

  constructor(flags: LoadFlags, print: Print) {
    this.#flags = flags;
    this.#print = print;
  }

  async run(signal: AbortSignal): Promise<void> {
    const voice = new Voice(synthesizedSpeech);
    const factories = carrierStandIns(() => ({
      voice,
      onTurn: (call, turn) => this.#turned(call, turn),
      onEnd: (call) => this.#ended(call),
    }));
    await this.#teach(voice);
    const sandbox = await startSandbox({ host: '127.0.0.1', port: this.#flags.listen }, factories);
    this.#print({ type: 'listening', url: sandbox.url });
    try {
      await register(sandbox, this.#flags);
      await this.#callAll(sandbox, signal);
    } finally {
      await sandbox.close();
      this.#loop.close();
    }
    this.#summarise();
  }

  /** Nothing is synthesized while calls run, and who hears it knows it. */
  async #teach(voice: Voice): Promise<void> {
    for (let call = 0; call < everythingSaid.length; call += 1) {
      await voice.prepare(conversation(this.#flags, call));
    }
    const { sandbox } = this.#flags;
    if (sandbox === undefined) return;
    const body = JSON.stringify(everythingSaid.map((text) => ({ text })));
    const url = `${sandbox}/__control/utterances`;
    const limit = AbortSignal.timeout(30_000);
    const response = await fetch(url, { method: 'POST', body, signal: limit });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  }

  async #callAll(sandbox: Sandbox, signal: AbortSignal): Promise<void> {
    const { calls, minutes } = this.#flags;
    const until = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, minutes * 60_000))]);
    // What the voice cost beforehand is not the calls' doing.
    this.#loop.read(true);
    const watching = new AbortController();
    const watch = this.#watchLoop(watching.signal);
    const lines = Array.from({ length: calls }, (_, line) =>
      this.#keepCalling(sandbox, { line, until }),
    );
    await Promise.all(lines);
    watching.abort();
    await watch;
  }

  async #keepCalling(
    sandbox: Sandbox,
    { line, until }: { readonly line: number; readonly until: AbortSignal },
  ): Promise<void> {
    await waitOr(line * this.#flags['stagger-ms'], until);
    const total = this.#flags['total-calls'] ?? Infinity;
    while (!until.aborted && this.#begun < total) {
      this.#begun += 1;
      await this.#callOnce(sandbox, this.#begun);
    }
  }

  /** A call that was begun is spoken to its end, also after the time. */
  async #callOnce(sandbox: Sandbox, number: number): Promise<void> {
    const { carrier, account, to } = this.#flags;
    const caller = conversation(this.#flags, number);
    const from = `+1555${String(2_000_000 + number).padStart(7, '0')}`;
    const ring = { carrier, accountId: account, from, to, caller };
    const { id } = await control<{ readonly id: string }>(sandbox, 'ring', ring);
    const ended = new Promise<void>((settle) => this.#endings.set(id, settle));
    const limit = new AbortController();
    await Promise.race([ended, waitOr(caller.maxMs + ENDING_MS, limit.signal)]);
    limit.abort();
    this.#endings.delete(id);
  }

  async #watchLoop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await waitOr(LOOP_EVERY_MS, signal);
      const { p50Ms, p99Ms, maxMs } = this.#loop.read(false);
      this.#print({ type: 'loop', p50Ms: round(p50Ms), p99Ms: round(p99Ms), maxMs: round(maxMs) });
    }
  }

  #turned(call: CarrierCall, turn: TurnMeasure): void {
    const { voiceToVoiceMs, said, speechEndedAtMs } = turn;
    if (voiceToVoiceMs === undefined) this.#tally.unanswered += 1;
    else this.#tally.voiceToVoiceMs.push(voiceToVoiceMs);
    this.#print({
      type: 'turn',
      call: call.id,
      from: call.options.from,
      said,
      speechEndedEpochMs: round(performance.timeOrigin + speechEndedAtMs),
      voiceToVoiceMs: voiceToVoiceMs === undefined ? null : round(voiceToVoiceMs),
    });
  }

  #ended(call: CarrierCall): void {
    const { report, outcome, endedBy, durationSeconds, notes } = call;
    const { gaps, clears, stepsLeft } = report ?? { gaps: [], clears: [], stepsLeft: null };
    this.#tally.calls += 1;
    if (outcome !== 'completed' || stepsLeft !== 0) this.#tally.failed += 1;
    this.#tally.gapMs.push(...gaps.map(({ gapMs }) => gapMs));
    this.#tally.speechToClearMs.push(...clears.map(({ speechToClearMs }) => speechToClearMs));
    this.#print({
      type: 'call',
      call: call.id,
      from: call.options.from,
      outcome,
      endedBy,
      durationSeconds,
      stepsLeft,
      gaps: gaps.map(({ gapMs }) => round(gapMs)),
      clears: clears.map(({ atMs, speechToClearMs }) => ({
        epochMs: round(performance.timeOrigin + atMs),
        speechToClearMs: round(speechToClearMs),
      })),
      notes: notes.map(({ what }) => what),
    });
    this.#endings.get(call.id)?.();
  }

  #summarise(): void {
    const { p50Ms, p99Ms, maxMs } = this.#loop.read(false);
    const { voiceToVoiceMs, speechToClearMs, gapMs, ...counts } = this.#tally;
    this.#print({
      type: 'summary',
      ...counts,
      voiceToVoiceMs: percentilesOf(voiceToVoiceMs),
      speechToClearMs: percentilesOf(speechToClearMs),
      gapMs: percentilesOf(gapMs),
      loop: { p50Ms: round(p50Ms), p99Ms: round(p99Ms), maxMs: round(maxMs) },
    });
  }
}

async function register(sandbox: Sandbox, flags: LoadFlags): Promise<void> {
  const seed = flags['signing-seed'];
  const number = {
    number: flags.to,
    answerUrl: flags['answer-url'],
    statusUrl: flags['status-url'],
  };
  await control(sandbox, 'accounts', {
    carrier: flags.carrier,
    accountId: flags.account,
    secret: flags.secret,
    numbers: [number],
    ...(seed === undefined ? {} : { signingSeed: seed }),
  });
}

async function control<T>(sandbox: Sandbox, what: string, body: object): Promise<T> {
  const response = await fetch(`${sandbox.url}/__control/carriers/${what}`, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${what} was refused: ${text}`);
  return JSON.parse(text) as T;
}

async function waitOr(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
