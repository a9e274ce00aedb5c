import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@trunkline/kernel';
import type { PublishAttempt, PublishReply } from './hot-half.js';
import { InMemoryHotHalf } from './in-memory-hot-half.js';
import { settleAppend } from './settle-append.js';

const payload = new TextEncoder().encode('ours');
const lost: PublishReply = { kind: 'unknown', cause: new Error('lost') };
const full: PublishReply = { kind: 'full', cause: new Error('full') };
const invalid: PublishReply = { kind: 'invalid', cause: new Error('too large') };

/** Answers what it is told to; `isStored` says whether an unanswered publish arrived. */
class ScriptedHotHalf extends InMemoryHotHalf {
  publishes = 0;

  constructor(
    readonly replies: readonly PublishReply[],
    readonly isStored: boolean,
  ) {
    super();
  }

  override async publish(attempt: PublishAttempt): Promise<PublishReply> {
    const reply = this.replies[Math.min(this.publishes, this.replies.length - 1)] ?? lost;
    this.publishes += 1;
    const wasStored = this.messages.length > 0;
    if (reply === lost && this.isStored && !wasStored) this.put(attempt.subject, attempt.payload);
    return Promise.resolve(reply);
  }
}

/** Nothing can be read until the second publish was answered. */
class BlindAtFirst extends ScriptedHotHalf {
  override async next(subject: string, afterSeq: number) {
    return this.publishes < 2 ? undefined : super.next(subject, afterSeq);
  }
}

async function settle(hot: InMemoryHotHalf) {
  return settleAppend(hot, {
    attempt: { subject: 'evt.t1.parcel.p1', payload, messageId: 'm1', expectedSeq: 0 },
    isOurs: (data) => Buffer.from(data).equals(payload),
    endsAtMs: systemClock.nowMs() + 2_000,
    limits: { ackTimeoutMs: 1_000, unreachableMs: 200 },
    clock: systemClock,
  });
}

describe('settleAppend after a publish that was not answered', () => {
  it('says that the event is stored when the log is full by now', async () => {
    const hot = new BlindAtFirst([lost, full], true);
    expect(await settle(hot)).toEqual({ outcome: 'appended', seq: 1 });
    expect(hot.publishes).toBe(2);
  });

  it('does not know when the log is full and the event is not there', async () => {
    const hot = new ScriptedHotHalf([lost, full], false);
    await expect(settle(hot)).rejects.toMatchObject({ code: 'log.unknown' });
    expect(hot.publishes).toBe(2);
  });

  it('says that the event is stored when a repetition is refused', async () => {
    const hot = new BlindAtFirst([lost, invalid], true);
    expect(await settle(hot)).toEqual({ outcome: 'appended', seq: 1 });
  });

  it('looks once, and does not know whether a refused event arrives after all', async () => {
    const hot = new ScriptedHotHalf([lost, invalid], false);
    await expect(settle(hot)).rejects.toMatchObject({ code: 'log.unknown' });
    expect(hot.publishes).toBe(2);
  });

  it('refuses at once when nothing was sent before', async () => {
    await expect(settle(new ScriptedHotHalf([full], false))).rejects.toMatchObject({
      code: 'log.full',
    });
    await expect(settle(new ScriptedHotHalf([invalid], false))).rejects.toMatchObject({
      code: 'log.invalid-event',
    });
  });
});
