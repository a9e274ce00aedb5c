import { AppError, Channel, isAppError, sleep, type Clock } from '@trunkline/kernel';
import { isLostConnection, type CircuitBreakers } from '../failover/circuit-breaker.js';
import { monotonicClock } from '../failover/monotonic-clock.js';
import { HeardLine } from './heard-line.js';
import type { HearingChoice, HearingNews } from './hearing-news.js';
import { Attempts, openFirst, type Opened, type OpeningParts } from './open-first.js';
import { StallWatch } from './stall-watch.js';

/** After the first round of retries the caller is asked to repeat, after the second we give up. */
const ROUNDS = 2;
/** A session this old has proved itself, even when nobody spoke. */
const PROVED_AFTER_MS = 5000;
const MOST_NEWS = 1000;

export interface HearingParts {
  /** The agent's own choice first; those that cannot take its format are left out. */
  readonly choices: readonly [HearingChoice, ...HearingChoice[]];
  readonly breakers: CircuitBreakers;
  /** Of the call. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly wait?: OpeningParts['wait'];
}

interface Session extends Opened {
  readonly openedAtMs: number;
  readonly stall: StallWatch;
  hasHeard: boolean;
}

/**
 * Hears one call for as long as it lasts, through whoever can. Frames go straight to the vendor;
 * the last 5 s are kept, and what was not understood for good is played to the next session.
 */
export class Hearing {
  readonly #clock: Clock;
  readonly #breakers: CircuitBreakers;
  readonly #opening: OpeningParts;
  readonly #attempts: readonly Attempts[];
  readonly #line: HeardLine;
  readonly #news = new Channel<HearingNews>({ capacity: MOST_NEWS, whenFull: 'drop-oldest' });
  readonly #closed = new AbortController();
  #session: Session | undefined;
  #round = 1;
  #deafSinceMs: number | undefined;

  constructor({ choices, breakers, signal, clock = monotonicClock, wait = sleep }: HearingParts) {
    const { format } = choices[0].order;
    this.#clock = clock;
    this.#breakers = breakers;
    this.#line = new HeardLine(format);
    const everybody = choices.filter(({ speechToText }) => speechToText.accepts(format));
    this.#attempts = everybody.map((choice) => new Attempts(choice));
    const untilOver = AbortSignal.any([signal, this.#closed.signal]);
    this.#opening = { breakers, everybody, wait, signal: untilOver };
    void this.#run();
  }

  /** Read once; ends when closed, when the call ended or when it gave up. */
  get news(): AsyncIterable<HearingNews> {
    return this.#news;
  }

  /** Never waits and never throws; the frame may be used again. */
  send(frame: Uint8Array): void {
    const session = this.#session;
    const loud = this.#line.append(frame, session === undefined);
    if (session) give(session, frame, loud);
  }

  finalize(): void {
    this.#session?.listening.finalize();
  }

  close(): void {
    this.#closed.abort();
    this.#session?.listening.close();
    this.#session = undefined;
    this.#news.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#opening;
    try {
      let opened = await this.#openOwn();
      for (;;) {
        const error = await this.#listen(this.#adopt(opened));
        signal.throwIfAborted();
        opened = await this.#recover(error, opened.attempts.choice.speechToText.provider);
      }
    } catch (error) {
      if (!signal.aborted) this.#news.offer({ type: 'gave-up', code: codeOf(error) });
    }
    this.close();
  }

  /** A call begins with the agent's own choice; the others only help when it fails. */
  async #openOwn(): Promise<Opened> {
    const [own] = this.#attempts;
    if (!own) throw new AppError('provider.refused', { details: { wrong: 'format' } });
    try {
      const once = new Attempts(own.choice, [0]);
      return { ...(await openFirst([once], this.#opening)), attempts: own };
    } catch (error) {
      this.#opening.signal.throwIfAborted();
      own.failed(error);
      return this.#recover(error, own.choice.speechToText.provider);
    }
  }

  async #recover(cause: unknown, broken: string): Promise<Opened> {
    this.#deafSinceMs ??= this.#clock.nowMs();
    this.#news.offer({ type: 'trouble', provider: broken, code: codeOf(cause) });
    let error = cause;
    while (this.#hasHope) {
      try {
        return await openFirst(this.#attempts, this.#opening);
      } catch (failure) {
        this.#opening.signal.throwIfAborted();
        error = failure;
      }
      if (this.#round >= ROUNDS) break;
      this.#round += 1;
      if (this.#hasHope) this.#askAgain();
    }
    throw error;
  }

  /** What was said meanwhile is old by now: the caller is asked, and another round begins. */
  #askAgain(): void {
    this.#news.offer({ type: 'lost-utterance' });
    this.#line.skip();
    for (const attempts of this.#attempts) {
      attempts.reset();
      attempts.failed(undefined);
    }
  }

  get #hasHope(): boolean {
    return this.#attempts.some(({ isRefused }) => !isRefused);
  }

  #adopt(opened: Opened): Session {
    const openedAtMs = this.#clock.nowMs();
    if (this.#line.takeLoss()) this.#news.offer({ type: 'lost-utterance' });
    const session = {
      ...opened,
      openedAtMs,
      stall: new StallWatch(opened.listening, this.#clock, () => this.#line.isInSpeech),
      hasHeard: false,
    };
    const replayedMs = this.#line.replay((frame, loud) => give(session, frame, loud));
    if (this.#deafSinceMs !== undefined) {
      const { speechToText, order } = opened.attempts.choice;
      this.#news.offer({
        type: 'recovered',
        provider: speechToText.provider,
        model: order.model,
        deafMs: Math.round(openedAtMs - this.#deafSinceMs),
        replayedMs,
      });
    }
    this.#session = session;
    return session;
  }

  /** Until the session ends; answers why it broke. */
  async #listen(session: Session): Promise<unknown> {
    const stopWatching = session.stall.start();
    try {
      for await (const heard of session.listening.heard) {
        if (!session.hasHeard) this.#proved(session);
        session.hasHeard = true;
        this.#news.offer(this.#line.heard(heard));
      }
      return this.#broke(session, session.stall.error ?? new AppError('provider.unavailable'));
    } catch (error) {
      return this.#broke(session, error);
    } finally {
      stopWatching();
    }
  }

  #broke(session: Session, error: unknown): unknown {
    this.#session = undefined;
    session.abort();
    if (this.#opening.signal.aborted) return error;
    const { attempts, openedAtMs, hasHeard } = session;
    const livedMs = this.#clock.nowMs() - openedAtMs;
    if (!hasHeard && livedMs >= PROVED_AFTER_MS) this.#proved(session);
    if (!hasHeard || !isLostConnection(error)) {
      this.#breakers.of(attempts.choice.order.access).failed(error);
    }
    attempts.failed(error);
    return error;
  }

  /** It works: what it failed before no longer counts. */
  #proved({ attempts }: Session): void {
    this.#round = 1;
    this.#deafSinceMs = undefined;
    for (const one of this.#attempts) one.reset();
    this.#breakers.of(attempts.choice.order.access).succeeded();
  }
}

function give({ listening, stall }: Session, frame: Uint8Array, isLoud: boolean): void {
  listening.send(frame);
  stall.sent(isLoud);
}

/** A code without a catalogue entry is a bug of ours. */
const codeOf = (error: unknown): string => (isAppError(error) ? error.code : 'internal');
