import { AppError, backoffMs, sleep, type Clock } from '@trunkline/kernel';
import type { HotHalf, PublishAttempt, PublishReply } from './hot-half.js';

export interface SettleLimits {
  /** How long one publish waits for its acknowledgement. */
  readonly ackTimeoutMs: number;
  /** How long a log that cannot be reached is tried before anything was sent. */
  readonly unreachableMs: number;
}

export interface Settling {
  readonly attempt: Omit<PublishAttempt, 'timeoutMs'>;
  /** Tells our event from anybody else's. */
  isOurs(data: Uint8Array): boolean;
  readonly endsAtMs: number;
  readonly limits: SettleLimits;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

export type Settled =
  | { readonly outcome: 'appended'; readonly seq: number }
  | { readonly outcome: 'conflict' };

const pauses = { attempts: Infinity, firstDelayMs: 20, maxDelayMs: 500, jitter: 0.5 };

/**
 * Publishes until it is certain whether the event is stored. Publishing again is safe: the
 * message id and the expected sequence stay the same, so that a publish which arrives late
 * and its repetition cannot both be stored.
 */
export async function settleAppend(hot: HotHalf, settling: Settling): Promise<Settled> {
  const startedAtMs = settling.clock.nowMs();
  let mayArrive = false;
  for (let round = 1; ; round += 1) {
    if (settling.clock.nowMs() >= settling.endsAtMs) throw unknownOutcome();
    const reply = await hot.publish({ ...settling.attempt, timeoutMs: patience(settling) });
    if (reply.kind === 'stored') return { outcome: 'appended', seq: reply.seq };
    if (!mayArrive) refuse(reply, settling, startedAtMs);
    mayArrive ||= reply.kind === 'unknown';
    if (reply.kind !== 'unreachable') {
      const settled = await lookUp(hot, settling, reply);
      if (settled) return settled;
    }
    // Publishing again is of no use, and an earlier one may still arrive.
    if (reply.kind === 'full' || reply.kind === 'invalid') throw unknownOutcome(reply.cause);
    await pause(settling, { round, mayArrive, hot });
  }
}

/** Only for the time when none of our publishes can still be on its way. */
function refuse(reply: PublishReply, settling: Settling, startedAtMs: number): void {
  if (reply.kind === 'full') {
    throw new AppError('log.full', { retryable: true, cause: reply.cause });
  }
  if (reply.kind === 'invalid') throw new AppError('log.invalid-event', { cause: reply.cause });
  const triedMs = settling.clock.nowMs() - startedAtMs;
  if (reply.kind === 'unreachable' && triedMs >= settling.limits.unreachableMs) {
    throw new AppError('log.unavailable', { retryable: true, cause: reply.cause });
  }
}

/** What the stream itself says; undefined: nothing newer is there, publish again. */
async function lookUp(
  hot: HotHalf,
  settling: Settling,
  reply: PublishReply,
): Promise<Settled | undefined> {
  const { subject, expectedSeq } = settling.attempt;
  const newer = await untilAnswered(hot, settling, async () => {
    let afterSeq = expectedSeq;
    for (;;) {
      const message = await hot.next(subject, afterSeq, { timeoutMs: patience(settling) });
      if (!message) return afterSeq > expectedSeq ? conflict : undefined;
      if (settling.isOurs(message.data)) return appendedAt(message.seq);
      afterSeq = message.seq;
    }
  });
  if (newer || reply.kind !== 'mismatch') return newer;
  // Refused although nothing is newer: the subject was purged since the load, if its last
  // sequence is another one; else our own publish is being stored at this moment.
  const last = await untilAnswered(hot, settling, () =>
    hot.lastSeq(subject, { timeoutMs: patience(settling) }),
  );
  return last < expectedSeq ? conflict : undefined;
}

const conflict: Settled = { outcome: 'conflict' };
const appendedAt = (seq: number): Settled => ({ outcome: 'appended', seq });

async function untilAnswered<T>(
  hot: HotHalf,
  settling: Settling,
  read: () => Promise<T>,
): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await read();
    } catch (error) {
      if (hot.closed || settling.clock.nowMs() >= settling.endsAtMs) throw unknownOutcome(error);
      await pause(settling, { round, mayArrive: true, hot });
    }
  }
}

async function pause(
  settling: Settling,
  state: { readonly round: number; readonly mayArrive: boolean; readonly hot: HotHalf },
): Promise<void> {
  if (state.hot.closed && state.mayArrive) throw unknownOutcome();
  const leftMs = Math.max(0, settling.endsAtMs - settling.clock.nowMs());
  const delayMs = Math.min(leftMs, backoffMs(pauses, state.round + 1, Math.random()));
  try {
    await sleep(delayMs, settling.signal);
  } catch (reason) {
    // Whoever leaves while a publish is on its way cannot be told that nothing happened.
    throw state.mayArrive ? unknownOutcome(reason) : reason;
  }
}

function patience(settling: Settling): number {
  const leftMs = settling.endsAtMs - settling.clock.nowMs();
  return Math.max(1, Math.min(settling.limits.ackTimeoutMs, leftMs));
}

function unknownOutcome(cause?: unknown): AppError {
  return new AppError('log.unknown', { retryable: true, cause });
}
