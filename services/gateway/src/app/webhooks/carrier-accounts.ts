import { agentsRuntimeRequests, PLATFORM_TENANT } from '@trunkline/contracts';
import { isAppError, type Clock } from '@trunkline/kernel';
import { actingFor, type Requests } from '@trunkline/platform';
import type { OpenedAccount } from './ports.js';

const KEPT_MS = 10_000;
const MAX_KEPT = 2000;

interface Kept {
  /** `undefined`: there is none. */
  readonly account: Promise<OpenedAccount | undefined>;
  readonly atMs: number;
}

/** Carrier accounts by their unguessable id, opened, in memory for a moment only. */
export class CarrierAccounts {
  readonly #requests: Requests;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(requests: Requests, clock: Clock) {
    this.#requests = requests;
    this.#clock = clock;
  }

  open(carrierAccount: string, requestId: string): Promise<OpenedAccount | undefined> {
    const nowMs = this.#clock.nowMs();
    const kept = this.#kept.get(carrierAccount);
    if (kept && nowMs - kept.atMs < KEPT_MS) return kept.account;
    return this.#ask(carrierAccount, requestId, nowMs);
  }

  /** Was its secret changed since? At most one more question a second. */
  reopen(carrierAccount: string, requestId: string): Promise<OpenedAccount | undefined> {
    const nowMs = this.#clock.nowMs();
    const kept = this.#kept.get(carrierAccount);
    if (kept && nowMs - kept.atMs < 1000) return kept.account;
    return this.#ask(carrierAccount, requestId, nowMs);
  }

  #ask(
    carrierAccount: string,
    requestId: string,
    nowMs: number,
  ): Promise<OpenedAccount | undefined> {
    const account = this.#open(carrierAccount, requestId);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.delete(carrierAccount);
    this.#kept.set(carrierAccount, { account, atMs: nowMs });
    return account;
  }

  async #open(carrierAccount: string, requestId: string): Promise<OpenedAccount | undefined> {
    const context = actingFor('gateway', { tenant: PLATFORM_TENANT, correlationId: requestId });
    const definition = agentsRuntimeRequests.openCarrierAccount;
    try {
      return await this.#requests.ask(definition, { carrierAccount }, context);
    } catch (error) {
      if (isAppError(error) && error.code === 'request.not-found') return undefined;
      // A fault is not kept: the next webhook asks again.
      this.#kept.delete(carrierAccount);
      throw error;
    }
  }
}
