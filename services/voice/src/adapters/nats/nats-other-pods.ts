import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import {
  liveFilter,
  PLATFORM_TENANT,
  podAsks,
  podLoad,
  podQuestions,
  podSubject,
  type Admission,
  type CallPlan,
} from '@trunkline/contracts';
import type { Logger } from '@trunkline/platform';
import { OtherPods } from '../../app/door/other-pods.js';
import type { PoliteEnd } from '../../app/door/ports.js';
import { jsonOf } from './pod-doors.js';

const END_LIMIT_MS = 2000;
const RESERVE_LIMIT_MS = 700;
/** They tell each second; who missed three has gone. */
const STALE_MS = 3000;

export interface NatsOtherPodsParts {
  readonly connection: NatsConnection;
  /** Our own, which is none of the others. */
  readonly pod: string;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** The other pods' doors from the outside, and what they tell of themselves. */
export class NatsOtherPods extends OtherPods {
  readonly #parts: NatsOtherPodsParts;
  readonly #news: Subscription;
  readonly #loads = new Map<string, { readonly free: number; readonly atMs: number }>();

  constructor(parts: NatsOtherPodsParts) {
    super();
    this.#parts = parts;
    const filter = liveFilter(PLATFORM_TENANT, ['pod', '*']);
    this.#news = parts.connection.subscribe(filter, {
      callback: (_error, message) => this.#heard(jsonOf(message)),
    });
  }

  withRoom(): readonly string[] {
    const sinceMs = this.#parts.nowMs() - STALE_MS;
    for (const [pod, { atMs }] of this.#loads) if (atMs < sinceMs) this.#loads.delete(pod);
    const withRoom = [...this.#loads].filter(([, { free }]) => free > 0);
    return withRoom.toSorted(([, one], [, two]) => two.free - one.free).map(([pod]) => pod);
  }

  async reserve(
    pod: string,
    plan: CallPlan,
    of: { readonly tenant: string; readonly correlationId: string },
  ): Promise<Admission | null> {
    const question = podAsks.reserve.parse({ ...of, plan });
    const reply = await this.#ask(pod, 'reserve', { question, limitMs: RESERVE_LIMIT_MS });
    const answered = podQuestions.reserve.safeParse(reply).data;
    return answered === undefined || 'refused' in answered ? null : answered;
  }

  async endCall(
    pod: string,
    call: { readonly tenant: string; readonly callId: string },
    how: PoliteEnd,
  ): Promise<boolean> {
    const question = { ...call, ...how };
    const reply = await this.#ask(pod, 'end-call', { question, limitMs: END_LIMIT_MS });
    return podQuestions.endCall.safeParse(reply).data?.found ?? false;
  }

  close(): void {
    this.#news.unsubscribe();
  }

  /** `undefined`: a pod that is gone has neither room nor calls; the sweeper will say so. */
  async #ask(
    pod: string,
    verb: string,
    { question, limitMs }: { readonly question: object; readonly limitMs: number },
  ): Promise<unknown> {
    const { connection, logger } = this.#parts;
    const subject = podSubject('voice', verb, pod);
    try {
      return jsonOf(
        await connection.request(subject, JSON.stringify(question), { timeout: limitMs }),
      );
    } catch (error) {
      logger.warn('pod-door.unanswered', { verb, error });
      return undefined;
    }
  }

  #heard(news: unknown): void {
    const load = podLoad.safeParse(news).data;
    if (load === undefined || load.pod === this.#parts.pod) return;
    const free = load.isTaking ? load.capacity - load.active - load.reserved : 0;
    this.#loads.set(load.pod, { free, atMs: this.#parts.nowMs() });
  }
}
