import type { EventStore } from '@trunkline/platform';
import type { JournaledCallFacts } from '../facts/journaled-call-facts.js';
import type { Leg, LegOwner } from '../ports/index.js';
import { adopt, findSound, type AdoptParts, type Remnant } from './adopt-sound.js';
import { LostCall } from './lost-call.js';
import type { OpenCall, OpenCalls, Pods, Remains } from './ports.js';

export interface SweeperParts extends AdoptParts {
  readonly pod: string;
  readonly bootMs: number;
  readonly store: EventStore;
  readonly facts: JournaledCallFacts;
  readonly openCalls: OpenCalls;
  readonly pods: Pods;
  readonly remains: Remains;
  readonly legOf: (owner: LegOwner) => Leg;
  /** So long we must have been connected before we believe that others are gone. */
  readonly patienceMs: number;
}

const LEG_LIMIT_MS = 30_000;

/** Ends what a dead pod left open: its calls, their legs, their recordings. */
export class Sweeper {
  readonly #parts: SweeperParts;
  /** Recordings on their way, and those of which nothing is left. */
  readonly #settled = new Set<string>();
  readonly #legs = new Map<string, LegOwner>();

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  /**
   * Once, before this process has calls: what lies in its own spool although the log has it stored,
   * or wants it forgotten.
   */
  async tidy(signal: AbortSignal): Promise<void> {
    const { pod, remains, store } = this.#parts;
    const spool = remains.spoolOf(pod);
    for (const name of await spool.names()) {
      const [tenant = '', id = ''] = name.split('.');
      const ref = { tenant, aggregate: 'call', id };
      const lost = new LostCall((await store.load(ref, { signal })).events);
      if (lost.has('call.recording-stored') || lost.has('call.erased')) await spool.remove(name);
    }
  }

  /** One look at everybody; answers false when it was not our turn. */
  async round(signal: AbortSignal): Promise<boolean> {
    const { pods, patienceMs } = this.#parts;
    if (pods.unbrokenMs < patienceMs) return false;
    return pods.alone(async (check) => {
      const open = await this.#parts.openCalls.read();
      const lost = open.filter((call) => !this.#settled.has(call.callId) && this.#mayBeLost(call));
      for (const [pod, calls] of Map.groupBy(lost, (call) => call.pod)) {
        if (pod !== this.#parts.pod && (await pods.isAlive(pod))) continue;
        check();
        await this.#sweepPod(pod, { calls, check, signal });
      }
      await this.#hangUpAll(signal);
    });
  }

  /** Under our own name only what was begun before this process was. */
  #mayBeLost({ pod, startedAtMs }: OpenCall): boolean {
    return pod !== this.#parts.pod || startedAtMs < this.#parts.bootMs;
  }

  /** First what it still had to say, so that its own ends stand. */
  async #sweepPod(
    pod: string,
    of: {
      readonly calls: readonly OpenCall[];
      readonly check: () => void;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    const { facts, logger, remains } = this.#parts;
    // What lies under our own name was said when this process started, or is its own.
    const isOurs = pod === this.#parts.pod;
    const count = isOurs ? 0 : await facts.replay(remains.journalOf(pod), of.signal);
    logger.warn('sweep.pod-lost', { id: pod, count });
    for (const call of of.calls) {
      of.check();
      try {
        await this.#sweepCall(call, of.signal);
      } catch (error) {
        logger.error('sweep.failed', { callId: call.callId, error });
      }
    }
  }

  async #sweepCall(call: OpenCall, signal: AbortSignal): Promise<void> {
    const { facts, store } = this.#parts;
    const { tenant, callId } = call;
    const ref = { tenant, aggregate: 'call', id: callId };
    const lost = new LostCall((await store.load(ref, { fromLeader: true, signal })).events);
    const { correlationId } = lost;
    const writer = await facts.resume({ tenant, callId, correlationId }, signal);
    const remnant = await this.#remnantOf(call);
    if (!writer.hasEnded) {
      writer.write(lost.end(remnant === undefined ? 'none' : 'pending'));
      await writer.drained(signal);
      this.#parts.logger.warn('sweep.call-ended', { callId });
    }
    if (lost.leg && !lost.isLegGone) this.#legs.set(callId, lost.leg);
    if (remnant === 'unknown') return;
    this.#settled.add(callId);
    if (!remnant) return;
    if (lost.has('call.recording-stored') || lost.has('call.erased')) return remnant.forget();
    const truncated = remnant.truncated || lost.isSoundCut;
    void adopt(this.#parts, call, { remnant: { ...remnant, truncated }, facts: writer });
  }

  /** A store that is away is asked again in the next round. */
  async #remnantOf(call: OpenCall): Promise<Remnant | undefined | 'unknown'> {
    const { logger, remains } = this.#parts;
    try {
      return await findSound(this.#parts, call, remains.spoolOf(call.pod));
    } catch (error) {
      logger.warn('sweep.recording-unknown', { callId: call.callId, error });
      return 'unknown';
    }
  }

  /** Until the carrier says that it is gone. */
  async #hangUpAll(signal: AbortSignal): Promise<void> {
    const { legOf, logger } = this.#parts;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LEG_LIMIT_MS)]);
    const hangUp = async ([callId, owner]: [string, LegOwner]): Promise<void> => {
      try {
        await legOf(owner).hangUp(limit);
        this.#legs.delete(callId);
      } catch (error) {
        logger.warn('sweep.leg-not-gone', { callId, error });
      }
    };
    await Promise.all([...this.#legs].map(hangUp));
  }
}
