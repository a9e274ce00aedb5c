import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallerReport } from '../phone/caller.js';
import type { CallerScript } from '../phone/script.js';
import type { Account } from './accounts.js';
import type { Verb } from './answer-document.js';
import type { Leg } from './media/leg.js';
import type { StreamOrder } from './media/wire.js';
import type { MediaSocket } from './media/media-socket.js';

export type CallState = 'queued' | 'initiated' | 'ringing' | 'in-progress' | 'ended';
export type CallOutcome =
  | 'completed'
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'canceled'
  | 'rejected'
  | 'time-limit';
/** `person`: whom the sandbox plays; `document`: the platform's answer; `api`: its REST request. */
export type EndedBy = 'person' | 'api' | 'document' | 'carrier';

/** Where the platform wants to hear of this call; which ones depends on the carrier. */
export interface CallUrls {
  readonly answer?: string;
  readonly status?: string;
  /** Twilio: only these. */
  readonly statusEvents?: readonly string[];
  readonly ring?: string;
  readonly machine?: string;
}

export interface CallOptions {
  readonly id: string;
  readonly account: Account;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  readonly urls: CallUrls;
  readonly ringSeconds: number;
  readonly timeLimitSeconds: number;
  /** The carrier's own word for how; left out: not wanted. */
  readonly machineDetection?: string;
  readonly clientState?: string;
  /** Given with the call instead of a URL. */
  readonly document?: string;
  /** Telnyx: streams that begin with the answer. */
  readonly streamOnAnswer?: StreamOrder;
  readonly script?: CallerScript;
}

export interface Note {
  readonly atMs: number;
  readonly what: string;
}

const MAX_NOTES = 500;

/** One call as its carrier knows it. */
export class CarrierCall {
  readonly options: CallOptions;
  readonly createdAt = new Date();
  readonly notes: Note[] = [];
  readonly deliveries: Delivery[] = [];
  readonly heardDigits: string[] = [];
  state: CallState = 'queued';
  timeLimitSeconds: number;
  answeredAt: Date | undefined;
  endedAt: Date | undefined;
  outcome: CallOutcome | undefined;
  endedBy: EndedBy | undefined;
  leg: Leg | undefined;
  socket: MediaSocket | undefined;
  report: CallerReport | undefined;
  recording: Buffer | undefined;
  /** A document that a REST request put in the place of the one being followed. */
  #redirect: Redirect | undefined;
  #earlyStream: (() => Promise<void>) | undefined;
  #obey: ((command: Command) => void) | undefined;
  #takeKey: ((digit: string) => void) | undefined;
  #follow = new AbortController();
  readonly #ended = new AbortController();
  readonly #finished = new AbortController();

  constructor(options: CallOptions) {
    this.options = options;
    this.timeLimitSeconds = options.timeLimitSeconds;
  }

  get id(): string {
    return this.options.id;
  }

  get isOver(): boolean {
    return this.#ended.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** Aborted when the call ends or when another document takes over. */
  get followSignal(): AbortSignal {
    return AbortSignal.any([this.#ended.signal, this.#follow.signal]);
  }

  get durationSeconds(): number {
    if (!this.answeredAt) return 0;
    return Math.ceil(((this.endedAt ?? new Date()).getTime() - this.answeredAt.getTime()) / 1000);
  }

  /** The first one who ends it is the one who did. */
  end(outcome: CallOutcome, endedBy: EndedBy): void {
    if (this.isOver) return;
    this.outcome = outcome;
    this.endedBy = endedBy;
    this.endedAt = new Date();
    this.state = 'ended';
    this.#ended.abort();
  }

  async ended(): Promise<void> {
    if (!this.isOver) await once(this.signal, 'abort');
  }

  /** Over, with its last webhook delivered. */
  get isFinished(): boolean {
    return this.#finished.signal.aborted;
  }

  finish(): void {
    this.#finished.abort();
  }

  /** Waits for the finish, or until `stop`. */
  async finished(stop: AbortSignal): Promise<void> {
    const either = AbortSignal.any([this.#finished.signal, stop]);
    if (!either.aborted) await once(either, 'abort');
  }

  /** Who does what REST says; asked only of calls that are told by REST. */
  onCommand(obey: (command: Command) => void): void {
    this.#obey = obey;
  }

  command(command: Command): void {
    this.#obey?.(command);
  }

  /** A socket that was opened while it rang, to be used when it is answered. */
  keepEarlyStream(stream: () => Promise<void>): void {
    this.#earlyStream = stream;
  }

  takeEarlyStream(): (() => Promise<void>) | undefined {
    const stream = this.#earlyStream;
    this.#earlyStream = undefined;
    return stream;
  }

  hangUpByApi(): void {
    this.end(this.answeredAt ? 'completed' : 'canceled', 'api');
  }

  redirect(to: Redirect): void {
    this.#redirect = to;
    this.#follow.abort();
  }

  takeRedirect(): Redirect | undefined {
    const redirect = this.#redirect;
    this.#redirect = undefined;
    this.#follow = new AbortController();
    return redirect;
  }

  /** Who is told of the keys that the person presses; nobody, unless keys were asked for. */
  onKey(take: ((digit: string) => void) | undefined): void {
    this.#takeKey = take;
  }

  pressed(digit: string): void {
    this.#takeKey?.(digit);
  }

  note(what: string): void {
    if (this.notes.length < MAX_NOTES) this.notes.push({ atMs: Date.now(), what });
  }

  /** False: the call was over first. */
  async wait(ms: number, signal: AbortSignal = this.signal): Promise<boolean> {
    try {
      await delay(ms, undefined, { signal });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }
}

export type Command = Exclude<Verb, { verb: 'redirect' }> | { readonly verb: 'answer' };
export type Redirect = { readonly url: string } | { readonly document: string };

/** One webhook, as it went. */
export interface Delivery {
  readonly atMs: number;
  readonly what: string;
  readonly path: string;
  readonly attempt: number;
  readonly signature: 'right' | 'wrong' | 'missing' | 'replayed';
  /** `0`: no answer within the deadline. */
  readonly status: number;
  readonly tookMs: number;
}
