import { Kvm, type KV } from '@nats-io/kv';
import { podSubject } from '@trunkline/contracts';
import { Lease, type Logger } from '@trunkline/platform';
import type { NatsConnection } from '@nats-io/transport-node';
import { Pods } from '../../app/sweeping/ports.js';

const BUCKET = 'leases';
const SWEEPER = 'voice-sweeper';
const BEAT_MS = 5000;
const ALIVE_LIMIT_MS = 2000;

const leaseOf = (pod: string): string => `voice-pod.${pod}`;

/** This pod says every 5 s that it lives, and looks whether others do. */
export class NatsPods extends Pods {
  readonly #connection: NatsConnection;
  readonly #pod: string;
  readonly #logger: Logger;
  #kv: KV | undefined;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();
  #unbrokenSinceMs: number | undefined = performance.now();

  constructor(parts: {
    readonly connection: NatsConnection;
    readonly pod: string;
    readonly logger: Logger;
  }) {
    super();
    this.#connection = parts.connection;
    this.#pod = parts.pod;
    this.#logger = parts.logger;
    void this.#follow();
  }

  override get unbrokenMs(): number {
    return this.#unbrokenSinceMs === undefined ? 0 : performance.now() - this.#unbrokenSinceMs;
  }

  start(): void {
    const beat = (): void => {
      this.#beating = this.#beat();
    };
    beat();
    this.#timer = setInterval(beat, BEAT_MS);
  }

  /** The last call is over: nobody has to wait for the lease to run out. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    if (this.#connection.isClosed()) return;
    const kv = await this.#leases();
    await kv.delete(leaseOf(this.#pod));
  }

  override async isAlive(pod: string): Promise<boolean> {
    const kv = await this.#leases();
    const lease = await kv.get(leaseOf(pod));
    if (lease && lease.operation === 'PUT') return true;
    try {
      const subject = podSubject('voice', 'alive', pod);
      await this.#connection.request(subject, '', { timeout: ALIVE_LIMIT_MS });
      return true;
    } catch {
      // Nobody answers at that door, whatever the reason is.
      return false;
    }
  }

  override async alone(work: (check: () => void) => Promise<void>): Promise<boolean> {
    const lease = await Lease.take(this.#connection, SWEEPER, this.#pod);
    if (!lease) return false;
    try {
      await work(() => lease.check());
      return true;
    } finally {
      await lease.release();
    }
  }

  async #beat(): Promise<void> {
    if (this.#unbrokenSinceMs === undefined) return;
    try {
      const kv = await this.#leases();
      await kv.put(leaseOf(this.#pod), 'alive');
    } catch (error) {
      this.#logger.warn('lease.not-renewed', { error });
    }
  }

  async #leases(): Promise<KV> {
    this.#kv ??= await new Kvm(this.#connection).open(BUCKET);
    return this.#kv;
  }

  async #follow(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === 'disconnect') this.#unbrokenSinceMs = undefined;
      if (type === 'reconnect') this.#unbrokenSinceMs = performance.now();
    }
    this.#unbrokenSinceMs = undefined;
  }
}
