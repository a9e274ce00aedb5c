import type { CallPlan, ConversationMode } from '@trunkline/contracts';
import { AppError, type Clock } from '@trunkline/kernel';
import type { RequestContext } from '@trunkline/platform';
import { isWaiting, modeOf, type Place } from './place.js';
import type { AgentSource, CarrierAccountSource } from './ports.js';

export interface ReservationsParts {
  readonly capacity: number;
  readonly agents: AgentSource;
  readonly accounts: CarrierAccountSource;
  readonly clock: Clock;
  /** Of agents and calls that name none. */
  readonly usualMode: ConversationMode;
  /** False while what calls write down would have nowhere to go. */
  readonly mayTake?: () => boolean;
}

interface Entry {
  readonly tenant: string;
  readonly opening: Promise<Place>;
  /** `null` while the agent is being asked about. */
  place: Place | null;
}

/** Of calls that are over, so that a late socket is told apart from a stranger's. */
const rememberedCalls = 4096;

/**
 * The places of this pod: no more than it has room for, whoever asks. A place is given once for a
 * call id, however often it is asked for, and the pod keeps its word while it drains.
 */
export class Reservations {
  readonly #parts: ReservationsParts;
  readonly #entries = new Map<string, Entry>();
  readonly #over = new Set<string>();
  #isTaking = true;
  #whenEmpty: (() => void)[] = [];

  constructor(parts: ReservationsParts) {
    this.#parts = parts;
  }

  get capacity(): number {
    return this.#parts.capacity;
  }

  get isTaking(): boolean {
    return this.#isTaking;
  }

  /** Live calls, and those whose socket may come back. */
  get liveCount(): number {
    return this.places().filter((place) => !isWaiting(place)).length;
  }

  /** Places that wait for their socket, and those that are being asked about. */
  get heldCount(): number {
    return this.#entries.size - this.liveCount;
  }

  get #hasRoom(): boolean {
    const { capacity, mayTake } = this.#parts;
    return this.#isTaking && this.#entries.size < capacity && mayTake?.() !== false;
  }

  places(): readonly Place[] {
    return [...this.#entries.values()].flatMap(({ place }) => place ?? []);
  }

  find(callId: string): Place | null {
    return this.#entries.get(callId)?.place ?? null;
  }

  isOver(callId: string): boolean {
    return this.#over.has(callId);
  }

  async reserve(plan: CallPlan, context: RequestContext): Promise<Place> {
    const { tenant } = context.principal;
    const known = this.#entries.get(plan.callId);
    if (known?.tenant === tenant) return known.opening;
    if (known !== undefined || this.#over.has(plan.callId)) throw new AppError('call.taken');
    if (!this.#hasRoom) throw new AppError('voice.no-room', { retryable: true });
    const entry: Entry = { tenant, opening: this.#open(plan, context), place: null };
    this.#entries.set(plan.callId, entry);
    try {
      entry.place = await entry.opening;
      // Whoever stopped waiting will not use it, and will ask again under the same id if at all.
      context.signal?.throwIfAborted();
      return entry.place;
    } catch (error) {
      this.#remove(plan.callId);
      throw error;
    }
  }

  /** As long as its newest token is good. */
  extend(place: Place, untilMs: number): void {
    place.heldUntilMs = Math.max(place.heldUntilMs, untilMs);
  }

  end(callId: string): void {
    if (!this.#remove(callId)) return;
    this.#over.add(callId);
    const [oldest] = this.#over;
    if (this.#over.size > rememberedCalls && oldest !== undefined) this.#over.delete(oldest);
  }

  /** Lets go of places whose socket did not come; answers their calls. */
  expire(nowMs: number): readonly string[] {
    const stale = this.places().filter(
      (place) => place.state === 'held' && place.heldUntilMs <= nowMs,
    );
    for (const { plan } of stale) this.end(plan.callId);
    return stale.map(({ plan }) => plan.callId);
  }

  stopTaking(): void {
    this.#isTaking = false;
  }

  /** Resolves as soon as there is neither a call nor a place that waits for one. */
  emptied(): Promise<void> {
    if (this.#entries.size === 0) return Promise.resolve();
    return new Promise((resolve) => void this.#whenEmpty.push(resolve));
  }

  async #open(plan: CallPlan, context: RequestContext): Promise<Place> {
    const { agents, accounts, clock, usualMode } = this.#parts;
    const { carrierAccount } = plan;
    const [runtime, account] = await Promise.all([
      agents.read({ agent: plan.agent, version: plan.version }, context),
      carrierAccount === null ? null : accounts.open(carrierAccount, context),
    ]);
    const { tenant } = context.principal;
    if (account !== null && account.tenant !== tenant) throw new AppError('request.not-found');
    return {
      ...{ tenant, plan, runtime, account },
      ...{ mode: modeOf(plan, runtime, usualMode), correlationId: context.correlationId },
      ...{ state: 'held', heldUntilMs: clock.nowMs() + plan.holdMs },
      ...{ usedToken: null, carrierCallId: null, running: null },
      ...{ endAsked: null, dropSilent: null },
    };
  }

  #remove(callId: string): boolean {
    const wasThere = this.#entries.delete(callId);
    if (this.#entries.size > 0) return wasThere;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
    return wasThere;
  }
}
