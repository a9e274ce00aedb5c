import type { CallFact } from '@trunkline/contracts';
import { AppError, backoffMs, isAppError, sleep } from '@trunkline/kernel';
import {
  newEvent,
  nowhere,
  type EventStore,
  type Logger,
  type Position,
} from '@trunkline/platform';
import { CallFacts, type CallFactWriter, type CallHead, type CallStarted } from '../ports/index.js';

const MOST_WAITING = 5000;
const again = { attempts: Infinity, firstDelayMs: 50, maxDelayMs: 2000, jitter: 0.5 };

/** Facts go to the log one after the other, each when the one before is acknowledged. */
export class LogCallFacts extends CallFacts {
  readonly #store: EventStore;
  readonly #logger: Logger;

  constructor(store: EventStore, logger: Logger) {
    super();
    this.#store = store;
    this.#logger = logger;
  }

  override get hasRoom(): boolean {
    return true;
  }

  override onFull(): void {
    // Nothing is kept here that could get full.
  }

  override async start(head: CallHead, started: CallStarted): Promise<CallFactWriter> {
    const position = await append(this.#store, { head, after: nowhere, fact: started });
    if (!position) throw new AppError('call.taken');
    return new LogFactWriter(this.#store, this.#logger, { head, position });
  }
}

class LogFactWriter implements CallFactWriter {
  readonly #waiting: CallFact[] = [];
  #position: Position;
  #running: Promise<void> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly logger: Logger,
    private readonly of: { readonly head: CallHead; readonly position: Position },
  ) {
    this.#position = of.position;
  }

  write(fact: CallFact): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.logger.error('call.fact-lost', { callId: this.of.head.callId, type: fact.type });
      return;
    }
    this.#waiting.push(fact);
    this.#running ??= this.#run();
  }

  async settled(signal: AbortSignal): Promise<void> {
    while (this.#running) {
      signal.throwIfAborted();
      await this.#running;
    }
  }

  async #run(): Promise<void> {
    for (let attempt = 1; this.#waiting.length > 0;) {
      const [fact] = this.#waiting as [CallFact];
      try {
        await this.#append(fact);
        this.#waiting.shift();
        attempt = 1;
      } catch (error) {
        if (isAppError(error) && error.code === 'log.invalid-event') {
          this.#lose(fact, error);
          continue;
        }
        attempt += 1;
        this.logger.warn('call.fact-delayed', { callId: this.of.head.callId, attempt, error });
        await sleep(backoffMs(again, attempt, Math.random()));
      }
    }
    this.#running = undefined;
  }

  /** A bug of ours: what may never be stored must not keep the rest from it. */
  #lose(fact: CallFact, error: unknown): void {
    this.logger.error('call.fact-lost', { callId: this.of.head.callId, type: fact.type, error });
    this.#waiting.shift();
  }

  async #append(fact: CallFact): Promise<void> {
    const { head } = this.of;
    const position = await append(this.store, { head, after: this.#position, fact });
    if (position) {
      this.#position = position;
      return;
    }
    const ref = { tenant: head.tenant, aggregate: 'call', id: head.callId };
    this.#position = (await this.store.load(ref, { fromLeader: true })).position;
    await this.#append(fact);
  }
}

async function append(
  store: EventStore,
  {
    head,
    after,
    fact,
  }: { readonly head: CallHead; readonly after: Position; readonly fact: CallFact },
): Promise<Position | undefined> {
  const { tenant, callId, correlationId } = head;
  const origin = {
    actor: { kind: 'service', id: 'voice' },
    causationId: callId,
    correlationId,
  } as const;
  const appended = await store.append({
    ref: { tenant, aggregate: 'call', id: callId },
    after,
    event: newEvent(fact, origin),
  });
  return appended.outcome === 'appended' ? appended.position : undefined;
}
