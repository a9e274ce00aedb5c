import {
  campaignsRuntimeRequests,
  type TransferProgress,
  type TransferStage,
} from '@trunkline/contracts';
import { isAppError, sleep } from '@trunkline/kernel';
import type { RequestContext, Requests } from '@trunkline/platform';
import type { z } from 'zod';
import type { TransferEnd } from '../../app/ports/index.js';

type Order = Omit<z.input<typeof campaignsRuntimeRequests.transferLeg.input>, 'ringSeconds'>;

export interface Patience {
  readonly ringSeconds: number;
  /** Ringing, the briefing twice, and time to press a key. */
  readonly limitMs: number;
  /** From the key to the carrier's word that both are joined. */
  readonly joiningMs: number;
  readonly askEveryMs: number;
}

export const usualPatience: Patience = {
  ringSeconds: 30,
  limitMs: 120_000,
  joiningMs: 10_000,
  askEveryMs: 400,
};

export interface NatsTransferParts {
  readonly requests: Requests;
  readonly context: RequestContext;
  readonly order: Order;
  readonly patience: Patience;
  readonly tell: (progress: TransferProgress) => void;
}

const { transferLeg, transferState, withdrawTransfer } = campaignsRuntimeRequests;
const notBegun: TransferEnd = { outcome: 'refused', reason: 'failed', dial: null };

/** One second leg, asked about until it has come to something or has had its time. */
export class NatsTransfer {
  readonly #parts: NatsTransferParts;
  readonly #wake = new AbortController();
  #stage: TransferStage | undefined;
  #isWithdrawn = false;

  constructor(parts: NatsTransferParts) {
    this.#parts = parts;
  }

  withdraw(): void {
    this.#wake.abort();
  }

  async run(): Promise<TransferEnd> {
    if (!(await this.#begin())) return notBegun;
    const { limitMs, joiningMs } = this.#parts.patience;
    const last = await this.#follow(limitMs);
    if (last?.outcome) return this.#endOf(last);
    const isLate = !this.#wake.signal.aborted;
    const settled = (await this.#withdraw()) ?? (await this.#follow(joiningMs));
    return this.#endOf(settled, isLate);
  }

  /** Also when nobody answered in time: it may have been begun. */
  async #begin(): Promise<boolean> {
    const { requests, context, order, patience } = this.#parts;
    const { ringSeconds } = patience;
    try {
      return (await requests.ask(transferLeg, { ...order, ringSeconds }, context)).begun;
    } catch (error) {
      return isAppError(error) && error.code.startsWith('service.');
    }
  }

  /** Until it has an outcome, the time is up, or nobody waits; a taken call gets its own time. */
  async #follow(limitMs: number): Promise<TransferProgress | undefined> {
    const { askEveryMs, joiningMs } = this.#parts.patience;
    let last: TransferProgress | undefined;
    let leftMs = limitMs;
    while (leftMs > 0) {
      const before = performance.now();
      const wasTaken = this.#stage === 'taken';
      last = (await this.#look()) ?? last;
      if (last?.outcome) return last;
      if (this.#wake.signal.aborted && !this.#isWithdrawn) return last;
      await this.#pause(askEveryMs);
      leftMs -= performance.now() - before;
      if (!wasTaken && this.#stage === 'taken') leftMs = Math.min(leftMs, joiningMs);
    }
    return last;
  }

  async #pause(ms: number): Promise<void> {
    const signal = this.#isWithdrawn ? undefined : this.#wake.signal;
    try {
      await sleep(ms, signal);
    } catch (error) {
      if (!this.#wake.signal.aborted) throw error;
    }
  }

  async #look(): Promise<TransferProgress | undefined> {
    const { requests, context, order } = this.#parts;
    const { transfer } = order;
    try {
      return this.#heard(await requests.ask(transferState, { transfer }, context));
    } catch {
      // Asked again until the time is up; without an answer nobody knows.
      return undefined;
    }
  }

  /** `undefined`: it was taken before, or nobody answers. */
  async #withdraw(): Promise<TransferProgress | undefined> {
    this.#isWithdrawn = true;
    const { requests, context, order } = this.#parts;
    const { transfer } = order;
    try {
      const progress = this.#heard(await requests.ask(withdrawTransfer, { transfer }, context));
      return progress.outcome ? progress : undefined;
    } catch {
      return undefined;
    }
  }

  #heard(progress: TransferProgress): TransferProgress {
    if (progress.stage !== this.#stage || progress.outcome) this.#parts.tell(progress);
    if (progress.stage !== 'over') this.#stage = progress.stage;
    return progress;
  }

  #endOf(last: TransferProgress | undefined, isLate = false): TransferEnd {
    const dial = this.#parts.order.transfer;
    if (!last?.outcome) return { outcome: 'unknown', reason: null, dial };
    const { outcome, reason } = last;
    if (!isLate || reason !== 'withdrawn') return { outcome, reason, dial };
    return { outcome, reason: this.#stage === 'answered' ? 'declined' : 'no-answer', dial };
  }
}
