import { retry } from '@trunkline/kernel';
import type { Logger } from '@trunkline/platform';
import type { Leg } from '../ports/index.js';

/** As many calls as a pod can have had while a carrier was away; the carrier's limit ends others. */
const MOST_LEGS = 4096;
const TRY_LIMIT_MS = 30_000;
/** A process that stops does not wait longer for a carrier. */
const LAST_LIMIT_MS = 5000;
const untilGone = { attempts: Infinity, firstDelayMs: 1000, maxDelayMs: 30_000, jitter: 0.5 };

/** Legs of calls that are over, which no carrier has confirmed to be gone. */
export class OpenLegs {
  readonly #logger: Logger;
  readonly #open = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Throws when it is not gone in time, and asks again for as long as the process lives. */
  async hangUp(callId: string, leg: Leg, signal: AbortSignal): Promise<void> {
    try {
      await leg.hangUp(signal);
    } catch (error) {
      this.#keep(callId, leg);
      throw error;
    }
  }

  async close(signal: AbortSignal): Promise<void> {
    const last = AbortSignal.any([signal, AbortSignal.timeout(LAST_LIMIT_MS)]);
    last.addEventListener('abort', () => this.#stopping.abort(last.reason), { once: true });
    await Promise.all(this.#open.values());
  }

  #keep(callId: string, leg: Leg): void {
    if (this.#open.size >= MOST_LEGS) return this.#giveUp(callId);
    const asking = this.#ask(callId, leg).finally(() => this.#open.delete(callId));
    this.#open.set(callId, asking);
  }

  async #ask(callId: string, leg: Leg): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await retry({ ...untilGone, signal }, () =>
        leg.hangUp(AbortSignal.any([signal, AbortSignal.timeout(TRY_LIMIT_MS)])),
      );
      this.#logger.info('call.leg-gone', { callId });
    } catch {
      // Only a process that stops ends the asking.
      this.#giveUp(callId);
    }
  }

  #giveUp(callId: string): void {
    this.#logger.error('call.leg-not-gone', { callId });
  }
}
