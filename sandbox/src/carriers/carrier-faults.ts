import { z } from 'zod';
import type { FaultBook } from '../core/faults.js';
import { doorFaults, faultsOf } from '../core/faults.js';
import type { CarrierCall } from './carrier-call.js';
import type { SocketFaults } from './media/media-socket.js';

const delayMs = z.int().min(0).max(600_000);
const bare = ['timeout-after-accept', 'webhook-twice', 'webhooks-shuffled'] as const;
const bareMedia = [
  'close-without-stop',
  'marks-never-echoed',
  'media-out-of-order',
  'media-twice',
  'open-before-answer',
] as const;

/** What only carriers do wrong (protocols.md §1.6). */
export const carrierFaults: z.ZodType = z.union([
  faultsOf(doorFaults),
  z.strictObject({ kind: z.enum([...bare, ...bareMedia]) }),
  z.strictObject({ kind: z.literal('webhook-late'), delayMs }),
  z.strictObject({ kind: z.literal('jitter'), delayMs }),
  /** The socket breaks; Vobiz comes back as often as the document says. */
  z.strictObject({ kind: z.literal('drop'), afterMs: delayMs }),
  z.strictObject({ kind: z.literal('signature'), is: z.enum(['wrong', 'missing', 'replayed']) }),
  /** Of the audio socket's handshake, where the carrier signs it. */
  z.strictObject({ kind: z.literal('handshake-signature'), is: z.enum(['wrong', 'missing']) }),
]);

export type SignatureMood = 'right' | 'wrong' | 'missing' | 'replayed';

/** The fault orders of one carrier, as one call meets them: by account (`key`) or numbers (`match`). */
export class CallFaults {
  readonly #book: FaultBook;
  readonly #call: CarrierCall;

  constructor(book: FaultBook, call: CarrierCall) {
    this.#book = book;
    this.#call = call;
  }

  has(kind: string): boolean {
    return this.#take(kind) !== undefined;
  }

  socket(): SocketFaults {
    const jitterMs = this.#number('jitter', 'delayMs');
    const dropAfterMs = this.#number('drop', 'afterMs');
    return {
      closeWithoutStop: this.has('close-without-stop'),
      marksNeverEchoed: this.has('marks-never-echoed'),
      outOfOrder: this.has('media-out-of-order'),
      twice: this.has('media-twice'),
      ...(jitterMs === undefined ? {} : { jitterMs }),
      ...(dropAfterMs === undefined ? {} : { dropAfterMs }),
    };
  }

  webhookDelayMs(): number {
    return this.#number('webhook-late', 'delayMs') ?? 0;
  }

  signature(): SignatureMood {
    const is = this.#take('signature')?.['is'];
    return (is as SignatureMood | undefined) ?? 'right';
  }

  handshake(): Exclude<SignatureMood, 'replayed'> {
    const is = this.#take('handshake-signature')?.['is'];
    return is === 'wrong' || is === 'missing' ? is : 'right';
  }

  #number(kind: string, field: string): number | undefined {
    const value = this.#take(kind)?.[field];
    return typeof value === 'number' ? value : undefined;
  }

  #take(kind: string): Readonly<Record<string, unknown>> | undefined {
    const { account, from, to } = this.#call.options;
    return this.#book.take<string>({
      provider: account.carrier,
      kinds: [kind],
      key: account.accountId,
      text: `${from} ${to} ${this.#call.id}`,
    });
  }
}
