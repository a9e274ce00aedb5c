import type { Carrier } from '@trunkline/contracts';
import type { FaultBook } from '../core/faults.js';

import type { TurnMeasure } from '../phone/meter.js';
import type { Voice } from '../phone/voice.js';
import { Ticker } from '../phone/ticker.js';
import { AccountBook, type Account } from './accounts.js';
import { Callees } from './callees.js';
import { CarrierCall, type CallOptions } from './carrier-call.js';
import type { Dialect } from './dialect.js';
import { Ledger } from './ledger.js';
import { Rooms } from './rooms.js';
import { runCall } from './run-call.js';

export interface SwitchboardOptions {
  readonly faults: FaultBook;
  readonly dialects: Readonly<Record<Carrier, Dialect>>;
  readonly voice: Voice;
  readonly onTurn?: (call: CarrierCall, turn: TurnMeasure) => void;
  readonly onEnd?: (call: CarrierCall) => void;
}

const MAX_CALLS = 5_000;
const RATE_WINDOW_MS = 1_000;

/** All calls of all carriers of this sandbox. */
export class Switchboard {
  readonly accounts = new AccountBook();
  readonly callees = new Callees();
  readonly ledger = new Ledger();
  readonly rooms = new Rooms();
  readonly ticker = new Ticker();
  readonly options: SwitchboardOptions;
  readonly #calls = new Map<string, CarrierCall>();
  readonly #running = new Set<Promise<void>>();
  readonly #recentCreates = new Map<Account, number[]>();

  constructor(options: SwitchboardOptions) {
    this.options = options;
  }

  /** Takes a call on and lets it run; the answer is there before anything happened to it. */
  begin(options: CallOptions): CarrierCall {
    const call = new CarrierCall(options);
    this.#calls.set(call.id, call);
    this.#forgetOldest();
    const dialect = this.options.dialects[options.account.carrier];
    const run = Promise.resolve()
      .then(() => runCall(call, { board: this, dialect }))
      .catch((error: unknown) => {
        call.note(`the sandbox failed: ${String(error)}`);
        call.end('failed', 'carrier');
      })
      .finally(() => {
        this.#running.delete(run);
        call.finish();
        this.options.onEnd?.(call);
      });
    this.#running.add(run);
    return call;
  }

  find(id: string): CarrierCall | undefined {
    return this.#calls.get(id);
  }

  /** The newest last. */
  calls(): readonly CarrierCall[] {
    return [...this.#calls.values()];
  }

  /** Whether the account may create one more call in this second. */
  admits(account: Account, nowMs: number): boolean {
    const recent = (this.#recentCreates.get(account) ?? []).filter(
      (atMs) => nowMs - atMs < RATE_WINDOW_MS,
    );
    const isAdmitted = recent.length < account.callsPerSecond;
    this.#recentCreates.set(account, isAdmitted ? [...recent, nowMs] : recent);
    return isAdmitted;
  }

  /** Every call is over and every webhook delivered. */
  async hangUpAll(): Promise<void> {
    for (const call of this.#calls.values()) call.end('failed', 'carrier');
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #forgetOldest(): void {
    if (this.#calls.size <= MAX_CALLS) return;
    for (const [id, call] of this.#calls) {
      if (call.isOver) {
        this.#calls.delete(id);
        return;
      }
    }
  }
}
