import { AppError } from '@trunkline/kernel';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';

const BUCKET = 'leases';
const BEAT_MS = 3_000;
/** Well below the bucket's time to live: we let go before the server gives it to another. */
const TRUSTED_MS = 9_000;

/**
 * "One at a time" over all pods: a key of the bucket `leases` that the server forgets unless
 * its holder renews it.
 */
export class Lease {
  readonly #kv: KV;
  readonly #key: string;
  #revision: number;
  #renewedAtMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();

  private constructor(kv: KV, key: string, revision: number) {
    this.#kv = kv;
    this.#key = key;
    this.#revision = revision;
    this.#timer = setInterval(() => {
      this.#renewing = this.#renew();
    }, BEAT_MS);
    this.#timer.unref();
  }

  /** `undefined` while somebody else holds it. */
  static async take(
    connection: NatsConnection,
    key: string,
    holder: string,
  ): Promise<Lease | undefined> {
    const kv = await new Kvm(connection).open(BUCKET);
    try {
      return new Lease(kv, key, await kv.create(key, holder));
    } catch (error) {
      if (await kv.get(key)) return undefined;
      throw new AppError('log.unavailable', { retryable: true, cause: error });
    }
  }

  /** Called before every step that changes something. */
  check(): void {
    if (performance.now() - this.#renewedAtMs < TRUSTED_MS) return;
    throw new AppError('log.busy', { retryable: true });
  }

  /** For tests: what a SIGKILL does. The key stays until the server forgets it. */
  abandon(): void {
    clearInterval(this.#timer);
  }

  async release(): Promise<void> {
    this.abandon();
    await this.#renewing;
    const isHeld = performance.now() - this.#renewedAtMs < TRUSTED_MS;
    if (isHeld) await this.#kv.delete(this.#key, { previousSeq: this.#revision });
  }

  async #renew(): Promise<void> {
    const startedAtMs = performance.now();
    try {
      this.#revision = await this.#kv.update(this.#key, 'held', this.#revision, BEAT_MS);
      this.#renewedAtMs = startedAtMs;
    } catch {
      // Not renewed: `check` refuses once the trust has run out, whatever the reason was.
      return;
    }
  }
}
