import {
  DEAD_LETTER_STREAM,
  deadLetterFilter,
  deadLetterSubject,
  envelope,
  parseDeadLetterSubject,
  type AggregateRef,
} from '@trunkline/contracts';
import {
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';

const ref = z.strictObject({ tenant: z.string(), aggregate: z.string(), id: z.string() });

/**
 * The latest note about one aggregate in one projection. `parked`: the projection failed on it
 * and its events are held back. `released`: replay it. `rewrite`: its history was rewritten,
 * build its documents anew. `settled`: nothing is held back any more.
 */
export const deadLetter = z.strictObject({
  state: z.enum(['parked', 'released', 'rewrite', 'settled']),
  projection: z.string(),
  ref,
  at: z.iso.datetime(),
  /** Of a parked one: which event, why, and the event with its marked fields masked. */
  streamSeq: z.int().optional(),
  v: z.int().optional(),
  type: z.string().optional(),
  reason: z.string().optional(),
  event: envelope.partial().optional(),
});
export type DeadLetter = z.output<typeof deadLetter>;

/** A note with its place in the stream. */
export interface StoredLetter extends DeadLetter {
  readonly seq: number;
}

export interface FollowOptions {
  readonly projection: string;
  readonly signal: AbortSignal;
  readonly onLetter: (letter: StoredLetter) => void;
}

const PUBLISH_LIMIT_MS = 5_000;
const SUPERSEDED = [10071, 10164];

/** The dead-letter stream: one subject per projection and aggregate, the last note counts. */
export class DeadLetters {
  readonly #js: JetStreamClient;
  readonly #jsm: JetStreamManager;

  private constructor(js: JetStreamClient, jsm: JetStreamManager) {
    this.#js = js;
    this.#jsm = jsm;
  }

  static async open(nc: NatsConnection): Promise<DeadLetters> {
    return new DeadLetters(jetstream(nc), await jetstreamManager(nc, { checkAPI: false }));
  }

  async put(letter: DeadLetter): Promise<number> {
    const body = JSON.stringify(deadLetter.parse(letter));
    const subject = deadLetterSubject(letter.projection, letter.ref);
    const ack = await this.#js.publish(subject, body, { timeout: PUBLISH_LIMIT_MS });
    return ack.seq;
  }

  /** Asks for the aggregate to be replayed, or its documents to be built anew. */
  async ask(
    state: 'released' | 'rewrite',
    about: Pick<DeadLetter, 'projection' | 'ref'>,
  ): Promise<number> {
    return this.put({ state, projection: about.projection, ref: about.ref, at: nowIso() });
  }

  /** Ends the matter of this letter, unless a newer one has opened another. */
  async settle(letter: StoredLetter): Promise<void> {
    const { projection, ref: about, seq } = letter;
    const body = JSON.stringify({ state: 'settled', projection, ref: about, at: nowIso() });
    const expect = { lastSubjectSequence: seq };
    try {
      await this.#js.publish(deadLetterSubject(projection, about), body, {
        timeout: PUBLISH_LIMIT_MS,
        expect,
      });
    } catch (error) {
      if (!hasCode(error, SUPERSEDED)) throw error;
    }
  }

  async get(projection: string, about: AggregateRef): Promise<StoredLetter | undefined> {
    return this.#last(deadLetterSubject(projection, about));
  }

  /** Everything that is not settled; of all projections when none is named. */
  async list(projection?: string): Promise<StoredLetter[]> {
    const { letters } = await this.snapshot(projection);
    return letters;
  }

  /** The unsettled letters and the sequence from which `follow` has to go on. */
  async snapshot(projection?: string): Promise<{ letters: StoredLetter[]; nextSeq: number }> {
    const { letters, nextSeq } = await this.#all(projection);
    return { letters: letters.filter(({ state }) => state !== 'settled'), nextSeq };
  }

  /** What was noted from `fromSeq` on, settled or not. */
  async since(projection: string, fromSeq: number): Promise<StoredLetter[]> {
    const { letters } = await this.#all(projection);
    return letters.filter(({ seq }) => seq >= fromSeq);
  }

  async #all(projection?: string): Promise<{ letters: StoredLetter[]; nextSeq: number }> {
    const filter = { subjects_filter: deadLetterFilter(projection) };
    const info = await this.#jsm.streams.info(DEAD_LETTER_STREAM, filter);
    const letters: StoredLetter[] = [];
    for (const subject of Object.keys(info.state.subjects ?? {})) {
      const letter = await this.#last(subject);
      if (letter) letters.push(letter);
    }
    return { letters, nextSeq: info.state.last_seq + 1 };
  }

  /** Hands over every note from `fromSeq` on, until the signal aborts or the consumer breaks. */
  async follow(fromSeq: number, options: FollowOptions): Promise<void> {
    const consumer = await this.#js.consumers.get(DEAD_LETTER_STREAM, {
      filter_subjects: deadLetterFilter(options.projection),
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: Math.max(1, fromSeq),
    });
    const messages = await consumer.consume({ max_messages: 100 });
    const onAbort = (): void => messages.stop();
    options.signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (options.signal.aborted) return;
      for await (const message of messages) {
        const letter = parseLetter(message.subject, message.data);
        options.onLetter({ ...letter, seq: message.seq });
      }
    } finally {
      options.signal.removeEventListener('abort', onAbort);
      messages.stop();
    }
  }

  async #last(subject: string): Promise<StoredLetter | undefined> {
    try {
      const query = { last_by_subj: subject };
      const found = await this.#jsm.streams.getMessage(DEAD_LETTER_STREAM, query);
      return found ? { ...parseLetter(subject, found.data), seq: found.seq } : undefined;
    } catch (error) {
      if (hasCode(error, [JetStreamApiCodes.NoMessageFound])) return undefined;
      throw error;
    }
  }
}

function hasCode(error: unknown, codes: readonly number[]): boolean {
  return error instanceof JetStreamApiError && codes.includes(error.code);
}

function nowIso(): string {
  return new Date().toISOString();
}

/** A note that can't be read holds its aggregate back: that it was parked is all that is sure. */
function parseLetter(subject: string, body: Uint8Array): DeadLetter {
  const about = parseDeadLetterSubject(subject);
  const unreadable = { ...about, state: 'parked', at: new Date(0).toISOString() } as const;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return { ...unreadable, reason: 'unreadable letter' };
  }
  const parsed = deadLetter.safeParse(json);
  return parsed.success ? parsed.data : { ...unreadable, reason: 'unreadable letter' };
}
