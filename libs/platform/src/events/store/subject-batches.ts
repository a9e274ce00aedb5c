import { EVENT_STREAM } from '@trunkline/contracts';
import { deferred } from '@trunkline/kernel';
import { JetStreamError, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { isVersionAtLeast } from './server-version.js';

export interface DatedMessage {
  readonly seq: number;
  readonly data: Uint8Array;
  /** When the server stored it. */
  readonly storedAtMs: number;
}

interface Batch {
  readonly messages: readonly DatedMessage[];
  /** How many more the subject holds. */
  readonly pending: number;
}

const BATCH_SIZE = 500;
const NOT_FOUND = 404;
const FIRST_WITH_BATCHES = '2.11.0';

export function hasBatches(connection: NatsConnection): boolean {
  return isVersionAtLeast(connection.info?.version ?? '', FIRST_WITH_BATCHES);
}

/**
 * Every message of a subject, from any replica. Undefined when messages went away under our
 * eyes: the archiver is moving this aggregate.
 */
export async function readBatches(
  manager: JetStreamManager,
  subject: string,
  signal: AbortSignal,
): Promise<readonly DatedMessage[] | undefined> {
  const messages: DatedMessage[] = [];
  for (let pending = Infinity; pending > 0;) {
    const seq = (messages.at(-1)?.seq ?? 0) + 1;
    const batch = await readBatch(manager, { subject, seq }, signal);
    if (batch.messages.length === 0) return messages.length === 0 ? messages : undefined;
    messages.push(...batch.messages);
    pending = batch.pending;
  }
  return messages;
}

/** By callback, since the client's iterator keeps its subscription when a batch has ended. */
async function readBatch(
  manager: JetStreamManager,
  from: { readonly subject: string; readonly seq: number },
  signal: AbortSignal,
): Promise<Batch> {
  signal.throwIfAborted();
  const messages: DatedMessage[] = [];
  const ended = deferred<Error | undefined>();
  let pending = 0;
  const answers = await manager.direct.getBatch(EVENT_STREAM, {
    next_by_subj: from.subject,
    seq: from.seq,
    batch: BATCH_SIZE,
    callback: (done, message) => {
      if (done) return ended.resolve(done.err);
      const { seq, data, time } = message;
      messages.push({ seq, data, storedAtMs: time.getTime() });
      pending = message.pending;
    },
  });
  const stop = (): void => answers.stop();
  signal.addEventListener('abort', stop, { once: true });
  const fault = await ended.promise;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (fault && !isNothingFound(fault)) throw fault;
  return { messages, pending };
}

function isNothingFound(error: unknown): boolean {
  return error instanceof JetStreamError && 'code' in error && error.code === NOT_FOUND;
}
