import { z } from 'zod';
import { keyChecks } from '../key-checks/index.js';
import type { Reply } from '../key-checks/reply.js';
import { moodOrder, type Moods } from '../moods.js';
import type { Desk } from './desk.js';
import { faultOrder } from './faults.js';
import type { LoopDelay } from './loop-delay.js';
import { BadOrder, type ControlOrder, type StandIn } from './stand-in.js';

const bad = (error: string): Reply => ({ status: 400, body: { error } });
const expected = 'expected { provider, mood, times? } or { provider, fault, times?, after? }';

interface Told {
  readonly desk: Desk;
  readonly moods: Moods;
  readonly standIns: ReadonlyMap<string, StandIn>;
  readonly loop: LoopDelay;
}

/** What tests and benchmarks tell and ask the sandbox, under `/__control`. */
export class Control {
  readonly #told: Told;

  constructor(told: Told) {
    this.#told = told;
  }

  async reply(order: ControlOrder): Promise<Reply> {
    try {
      return await this.#route(order);
    } catch (error) {
      if (error instanceof BadOrder) return bad(error.message);
      if (error instanceof z.ZodError) return bad(z.prettifyError(error));
      throw error;
    }
  }

  async #route(order: ControlOrder): Promise<Reply> {
    const [, first = '', ...rest] = order.path.split('/');
    if (first === '') return this.#root(order);
    const own = this.#own(first, order);
    if (own !== undefined) return { status: 200, body: own };
    const standIn = this.#told.standIns.get(first);
    const answer = await standIn?.control?.({ ...order, path: `/${rest.join('/')}` });
    return answer === undefined
      ? { status: 404, body: { error: 'nothing here' } }
      : { status: 200, body: answer };
  }

  #own(name: string, { method, query }: ControlOrder): unknown {
    const { stamps } = this.#told.desk;
    if (method !== 'GET') return undefined;
    if (name === 'loop') return this.#told.loop.read(query.get('reset') === 'true');
    return name === 'stamps' ? stamps.since(Number(query.get('since') ?? 0) || 0) : undefined;
  }

  #root({ method, query, body }: ControlOrder): Reply {
    const { desk, moods } = this.#told;
    if (method === 'DELETE') return this.#backToNormal(query);
    if (method === 'POST') return this.#ordered(body);
    return { status: 200, body: { asked: moods.asked(), providers: desk.counters.all() } };
  }

  /** Everything; or with `key` only that credential's fault orders, as other tests go on. */
  #backToNormal(query: URLSearchParams): Reply {
    const { desk, moods, standIns } = this.#told;
    const provider = query.get('provider') ?? undefined;
    const key = query.get('key') ?? undefined;
    desk.faults.clear({ ...(provider && { provider }), ...(key && { key }) });
    if (key === undefined) {
      moods.clear(provider);
      for (const [name, standIn] of standIns) {
        if (provider === undefined || provider === name) standIn.reset?.();
      }
    }
    return { status: 200, body: {} };
  }

  #ordered(body: unknown): Reply {
    const mood = moodOrder.safeParse(body);
    if (mood.success && Object.hasOwn(keyChecks, mood.data.provider)) {
      this.#told.moods.set(mood.data);
      return { status: 200, body: mood.data };
    }
    const order = faultOrder.safeParse(body);
    const standIn = order.success ? this.#told.standIns.get(order.data.provider) : undefined;
    if (!order.success || !standIn) return bad(expected);
    const fault = z.looseObject({ kind: z.string() }).parse(standIn.faults.parse(order.data.fault));
    this.#told.desk.faults.add({ ...order.data, fault });
    return { status: 200, body: { ...order.data, fault } };
  }
}
