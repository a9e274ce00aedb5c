import type { RuntimeDefaults } from '@trunkline/contracts';
import type { Clock } from '@trunkline/kernel';

const FRESH_MS = 2000;
const MAX_TENANTS = 10_000;

type Read = (tenant: string) => Promise<RuntimeDefaults | undefined>;

interface Known {
  readonly defaults: RuntimeDefaults | undefined;
  readonly untilMs: number;
}

/** What new agents start from. A change by the tenant counts two seconds later at the latest. */
export class TenantDefaults {
  readonly #read: Read;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(read: Read, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  async of(tenant: string): Promise<RuntimeDefaults | undefined> {
    const known = this.#known.get(tenant);
    if (known && known.untilMs > this.#clock.nowMs()) return known.defaults;
    const defaults = await this.#read(tenant);
    if (this.#known.size >= MAX_TENANTS) this.#known.clear();
    this.#known.set(tenant, { defaults, untilMs: this.#clock.nowMs() + FRESH_MS });
    return defaults;
  }
}
