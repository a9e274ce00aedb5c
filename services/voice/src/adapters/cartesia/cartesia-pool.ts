import { abortable, type Clock } from '@trunkline/kernel';
import { monotonicClock } from '../../app/failover/monotonic-clock.js';
import type { ProviderAccess, SpeakingOrder } from '../../app/ports/index.js';
import type { CartesiaSpeaking } from './cartesia-speaking.js';
import { CartesiaSocket, MOST_CONTEXTS } from './cartesia-socket.js';

/** The vendor closes a socket after 5 min of nothing; we are first, so that no call meets it. */
const IDLE_LIMIT_MS = 4 * 60_000;
/** An account nobody used for so long gets no fresh socket in place of an idle one. */
const FORGET_AFTER_MS = 10 * 60_000;

interface Opening {
  readonly socket: Promise<CartesiaSocket>;
  waiting: number;
}

/** The sockets of one account at one address: never shared with another. */
export class CartesiaPool {
  readonly #access: ProviderAccess;
  readonly #clock: Clock;
  #sockets: CartesiaSocket[] = [];
  #openings: Opening[] = [];
  #lastUsedAtMs: number;
  #isClosed = false;
  #failedSpares = 0;

  constructor(access: ProviderAccess, clock: Clock = monotonicClock) {
    this.#access = access;
    this.#clock = clock;
    this.#lastUsedAtMs = clock.nowMs();
  }

  get isForgotten(): boolean {
    const unusedMs = this.#clock.nowMs() - this.#lastUsedAtMs;
    return this.#sockets.length + this.#openings.length === 0 && unusedMs >= FORGET_AFTER_MS;
  }

  /** How many spares could not be opened: the next one who needs a socket is told why. */
  get failedSpares(): number {
    return this.#failedSpares;
  }

  /** On the fullest socket with room, so that the others may rest and the spare stays one. */
  async speak(order: SpeakingOrder, signal: AbortSignal): Promise<CartesiaSpeaking> {
    for (;;) {
      const socket = this.#roomy();
      if (socket) {
        this.#lastUsedAtMs = this.#clock.nowMs();
        const speaking = socket.speak(order);
        this.#keepSpare();
        return speaking;
      }
      await abortable(this.#anOpening(), signal);
    }
  }

  /** Resolves once somebody may speak without waiting for a connection. */
  async warm(signal: AbortSignal): Promise<void> {
    this.#lastUsedAtMs = this.#clock.nowMs();
    if (!this.#roomy()) await abortable(this.#anOpening(), signal);
  }

  /** Whoever speaks next shall not wait for a connection either. */
  #keepSpare(): void {
    const hasSpare = this.#sockets.some(({ isOpen, load }) => isOpen && load === 0);
    if (hasSpare || this.#openings.length > 0 || this.#isClosed) return;
    void this.#openSpare();
  }

  /** Replaces what has been idle for long while the account is in use, and closes it otherwise. */
  async refresh(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const idle = this.#sockets.filter((socket) => socket.idleMs(nowMs) >= IDLE_LIMIT_MS);
    if (idle.length === 0) return;
    const isInUse = nowMs - this.#lastUsedAtMs < FORGET_AFTER_MS;
    if (isInUse && !this.#hasFreshSpare(idle)) await this.#openSpare();
    for (const socket of idle) this.#retire(socket);
  }

  #hasFreshSpare(idle: readonly CartesiaSocket[]): boolean {
    return this.#sockets.some((one) => one.isOpen && one.load === 0 && !idle.includes(one));
  }

  /** Unless somebody took it just now. */
  #retire(socket: CartesiaSocket): void {
    if (socket.load > 0) return;
    this.#sockets = this.#sockets.filter((one) => one !== socket);
    socket.close();
  }

  close(): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.close();
    this.#sockets = [];
  }

  #roomy(): CartesiaSocket | undefined {
    return this.#sockets
      .filter(({ hasRoom }) => hasRoom)
      .reduce<CartesiaSocket | undefined>(
        (best, one) => (best && best.load >= one.load ? best : one),
        undefined,
      );
  }

  #anOpening(): Promise<CartesiaSocket> {
    const opening = this.#openings.find(({ waiting }) => waiting < MOST_CONTEXTS) ?? this.#begin();
    opening.waiting += 1;
    return opening.socket;
  }

  #begin(): Opening {
    const opening: Opening = { socket: this.#open(), waiting: 0 };
    this.#openings.push(opening);
    const opened = (): void => {
      this.#openings = this.#openings.filter((one) => one !== opening);
    };
    opening.socket.then(opened, opened);
    return opening;
  }

  /** Its own signal: whoever asked first may hang up while others wait for the same socket. */
  async #open(): Promise<CartesiaSocket> {
    const socket = await CartesiaSocket.open(
      this.#access,
      new AbortController().signal,
      this.#clock,
    );
    if (this.#isClosed) socket.close();
    this.#sockets.push(socket);
    socket.onClose(() => {
      this.#sockets = this.#sockets.filter((one) => one !== socket);
    });
    return socket;
  }

  /** Whoever needs a socket next is told why there is none; nobody waits for this one. */
  async #openSpare(): Promise<void> {
    try {
      await this.#begin().socket;
    } catch {
      this.#failedSpares += 1;
    }
  }
}
