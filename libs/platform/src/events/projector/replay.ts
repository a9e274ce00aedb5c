import type { AggregateRef, Envelope } from '@trunkline/contracts';
import { AppError, isAppError, sleep } from '@trunkline/kernel';
import type { DeadLetters } from './dead-letters.js';
import type { EventStore } from '../store/event-store.js';
import { ProjectionFailure, failureReason } from './projection-failure.js';
import type { ProjectedDocument, Projection } from '../views/projection.js';
import {
  documentIdOf,
  foldEvents,
  sourcesOf,
  type StoredDocument,
} from '../views/view-writer-fold.js';
import { HISTORY_FAULTS } from '../views/view-writer-gaps.js';
import type { ViewWriter } from '../views/view-writer.js';

const MAX_CLASHING_WRITES = 50;

export interface AggregateReplay<Doc extends ProjectedDocument> {
  readonly store: Pick<EventStore, 'load'>;
  readonly writer: ViewWriter<Doc>;
  readonly ref: AggregateRef;
  readonly signal?: AbortSignal | undefined;
}

/** Applies what the log has beyond the document's version. */
export async function replayAggregate<Doc extends ProjectedDocument>(
  replay: AggregateReplay<Doc>,
): Promise<void> {
  const { writer, signal } = replay;
  const history = await loadHistory(replay);
  const onGap = (): Promise<readonly Envelope[]> => Promise.resolve(history);
  for (const event of history) await writer.apply(event, { onGap, signal });
}

/**
 * Builds the aggregate's documents anew from a log that was rewritten to forget somebody:
 * the same versions with other content. What other sources hold beyond them may be poison.
 */
export async function rewriteAggregate<Doc extends ProjectedDocument>(
  replay: AggregateReplay<Doc>,
): Promise<void> {
  const history = await loadHistory(replay);
  const documents = byDocument(replay.writer.projection, history);
  for (const [_id, own] of documents) await rewriteDocument(replay, { _id, own });
  await replay.writer.forgetPrevious([...documents.keys()]);
  // Afterwards: what is poison beyond the document must not keep it from forgetting.
  await replayAggregate(replay);
}

async function rewriteDocument<Doc extends ProjectedDocument>(
  replay: AggregateReplay<Doc>,
  document: { readonly _id: string; readonly own: readonly Envelope[] },
): Promise<void> {
  const { writer, signal } = replay;
  const { _id, own } = document;
  for (let attempt = 1; attempt <= MAX_CLASHING_WRITES; attempt += 1) {
    const stored = await writer.documents.read(_id);
    if (!stored) return;
    const events = writer.projection.perEvent ? own : await loadSources(replay, stored);
    const claimed = events.filter((event) => event.v <= (stored.v[event.aggregate] ?? 0));
    const { doc, failure } = foldEvents(writer.projection, { _id, stored: undefined }, claimed);
    if (failure) throw failure;
    const source = stored['source'];
    const rewrites = (stored.rewrites ?? 0) + 1;
    const more = source === undefined ? { rewrites } : { rewrites, source };
    const fresh = { ...doc, ...more } as StoredDocument;
    const event = claimed.at(-1) as Envelope;
    if (await writer.documents.swap({ stored, doc: fresh, event })) return;
    await sleep(Math.min(attempt, 10), signal);
  }
  throw new AppError('store.unavailable', { retryable: true });
}

/** All events of all aggregates the document was made from, one aggregate after the other. */
async function loadSources<Doc extends ProjectedDocument>(
  replay: AggregateReplay<Doc>,
  stored: StoredDocument,
): Promise<Envelope[]> {
  const events: Envelope[] = [];
  for (const ref of sourcesOf(stored)) events.push(...(await loadHistory({ ...replay, ref })));
  return events;
}

function byDocument<Doc extends ProjectedDocument>(
  projection: Projection<Doc>,
  history: readonly Envelope[],
): Map<string, Envelope[]> {
  const documents = new Map<string, Envelope[]>();
  for (const event of history) {
    const _id = documentIdOf(projection, event);
    if (_id !== undefined) documents.set(_id, [...(documents.get(_id) ?? []), event]);
  }
  return documents;
}

/**
 * Asks the running projectors to let parked aggregates go (`npm run log -- replay`). They
 * apply the rest of the log themselves, so nothing is missed that arrives in between.
 */
export async function requestReplay(
  letters: DeadLetters,
  projection: string,
  ref?: AggregateRef,
): Promise<number> {
  const all = await letters.list(projection);
  const wanted = ref
    ? all.filter(
        ({ ref: one }) =>
          one.id === ref.id && one.aggregate === ref.aggregate && one.tenant === ref.tenant,
      )
    : all;
  for (const letter of wanted) await letters.ask('released', letter);
  return wanted.length;
}

async function loadHistory<Doc extends ProjectedDocument>(
  replay: AggregateReplay<Doc>,
): Promise<readonly Envelope[]> {
  const { store, ref, signal } = replay;
  try {
    return (await store.load(ref, { signal, fromLeader: true })).events;
  } catch (error) {
    if (!isAppError(error) || !HISTORY_FAULTS.includes(error.code)) throw error;
    throw new ProjectionFailure(ref, failureReason(error), { cause: error });
  }
}
