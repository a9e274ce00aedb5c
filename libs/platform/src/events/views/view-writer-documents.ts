import type { Envelope } from '@trunkline/contracts';
import { withDeadline } from '@trunkline/kernel';
import type { Collection, Filter } from 'mongodb';
import mongoose from 'mongoose';
import { isDuplicateKey } from '../../mongo/index.js';
import { ProjectionFailure, failureReason } from '../projector/projection-failure.js';
import type { StoredDocument } from './view-writer-fold.js';

export interface Swap {
  /** As it was read; `undefined`: there was none. */
  readonly stored: StoredDocument | undefined;
  readonly doc: StoredDocument;
  /** What the change is about, for the failure if the document can't be stored. */
  readonly event: Envelope;
}

const OPERATION_LIMIT_MS = 10_000;
export const DURABLY = {
  writeConcern: { w: 'majority', journal: true },
  ignoreUndefined: true,
} as const;

export const MAJORITY_READ = {
  maxTimeMS: OPERATION_LIMIT_MS,
  readConcern: 'majority',
} as const;

/** Matches the document only while it stands as it was read: the same events, as they were then. */
export function guardOf(stored: StoredDocument): Filter<StoredDocument> {
  const { _id, tenant, v, rewrites = { $exists: false } } = stored;
  return { _id, tenant, v, rewrites };
}

/** The collection of a view: majority reads, and compare-and-set as the only write. */
export class ViewDocuments {
  readonly #collection: Collection<StoredDocument>;

  constructor(collection: Collection<StoredDocument>) {
    this.#collection = collection;
  }

  async read(_id: string): Promise<StoredDocument | undefined> {
    const found = await limited(() =>
      this.#collection.findOne<StoredDocument>({ _id }, MAJORITY_READ),
    );
    return found ?? undefined;
  }

  /** False: the document is not (any more) what was read. */
  async swap(swap: Swap): Promise<boolean> {
    try {
      return swap.stored
        ? await this.#replace(swap.stored, swap.doc)
        : await this.#insert(swap.doc);
    } catch (error) {
      throw documentFault(error, swap.event) ?? error;
    }
  }

  async #replace(stored: StoredDocument, doc: StoredDocument): Promise<boolean> {
    const { _id: _same, ...fields } = doc;
    const guard = guardOf(stored);
    const result = await limited(() => this.#collection.replaceOne(guard, fields, DURABLY));
    return 'matchedCount' in result && result.matchedCount === 1;
  }

  async #insert(doc: StoredDocument): Promise<boolean> {
    try {
      await limited(() => this.#collection.insertOne(doc, DURABLY));
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}

/** Every operation on a view ends in time. */
export function limited<T>(work: () => Promise<T>): Promise<T> {
  return withDeadline({ limitMs: OPERATION_LIMIT_MS, code: 'store.unavailable' }, work);
}

/** Codes of documents MongoDB will never take: too large, against the validator, bad fields. */
const REFUSED_DOCUMENT_CODES = new Set([2, 52, 55, 56, 57, 121, 10334, 17280, 17419]);

/** What `project` answered can't be stored, however long we wait. */
function documentFault(error: unknown, event: Envelope): ProjectionFailure | undefined {
  const { mongo } = mongoose;
  const isRefused =
    error instanceof mongo.MongoServerError && REFUSED_DOCUMENT_CODES.has(Number(error.code));
  const isUnserializable = error instanceof Error && error.name.startsWith('BSON');
  if (!isRefused && !isUnserializable) return undefined;
  return new ProjectionFailure(event, failureReason(error), { cause: error });
}
