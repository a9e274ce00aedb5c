import type { AggregateRef, Envelope } from '@trunkline/contracts';
import type { ProjectedDocument, Projection, ProjectionState } from './projection.js';
import { ProjectionFailure, failureReason } from '../projector/projection-failure.js';

/** A document as it stands in the collection. */
export type StoredDocument = ProjectedDocument &
  ProjectionState &
  Readonly<Record<string, unknown>>;

export interface Folded {
  readonly doc: StoredDocument | undefined;
  /** The event that could not be projected; `doc` stands right before it. */
  readonly failure?: ProjectionFailure;
}

const STATE_FIELDS = ['v', 'first', 'refs', 'absent', 'source', 'rewrites'] as const;

export function documentIdOf<Doc extends ProjectedDocument>(
  projection: Projection<Doc>,
  event: Envelope,
): string | undefined {
  try {
    return projection.documentId(event);
  } catch (error) {
    throw new ProjectionFailure(event, failureReason(error), { cause: error });
  }
}

/** Applies events of one source aggregate, each the next version, to the document `_id`. */
export function foldEvents<Doc extends ProjectedDocument>(
  projection: Projection<Doc>,
  from: { readonly _id: string; readonly stored: StoredDocument | undefined },
  events: readonly Envelope[],
): Folded {
  let doc = from.stored;
  for (const event of events) {
    try {
      doc = step(projection, { _id: from._id, stored: doc }, event);
    } catch (error) {
      const failure = new ProjectionFailure(event, failureReason(error), { cause: error });
      return { doc, failure };
    }
  }
  return { doc };
}

function step<Doc extends ProjectedDocument>(
  projection: Projection<Doc>,
  from: { readonly _id: string; readonly stored: StoredDocument | undefined },
  event: Envelope,
): StoredDocument {
  const { _id, stored } = from;
  const before = ownFields<Doc>(stored);
  const isOurs = documentIdOf(projection, event) !== undefined;
  const after = isOurs ? projection.project(before, event) : before;
  if (after !== undefined) assertOwn(after, _id);
  const { aggregate } = event;
  return {
    ...(after ?? { absent: true, tenant: stored?.tenant ?? event.tenant }),
    _id,
    v: { ...stored?.v, [aggregate]: event.v },
    first: { [aggregate]: event.eventId, ...stored?.first },
    refs: { ...stored?.refs, [aggregate]: sourceOf(event) },
    ...rewritesOf(stored),
  } as StoredDocument;
}

function rewritesOf(stored: StoredDocument | undefined): Pick<StoredDocument, 'rewrites'> {
  return stored?.rewrites === undefined ? {} : { rewrites: stored.rewrites };
}

/** The aggregate instance as a document remembers it. */
export function sourceOf(event: Pick<Envelope, 'tenant' | 'id'>): string {
  return `${event.tenant}/${event.id}`;
}

/** The aggregate instances behind a document. */
export function sourcesOf(stored: StoredDocument): AggregateRef[] {
  return Object.entries(stored.refs).map(([aggregate, source]) => {
    const [tenant = '', id = ''] = source.split('/');
    return { tenant, aggregate, id };
  });
}

/** What `project` gets to see: the document without the projector's own book-keeping. */
export function ownFields<Doc extends ProjectedDocument>(
  stored: StoredDocument | undefined,
): Doc | undefined {
  if (stored === undefined || stored.absent) return undefined;
  const own: Record<string, unknown> = { ...stored };
  for (const field of STATE_FIELDS) delete own[field];
  return own as unknown as Doc;
}

function assertOwn(doc: ProjectedDocument, _id: string): void {
  if (doc._id !== _id) throw new TypeError('project changed the id of the document');
  if (typeof doc.tenant !== 'string' || doc.tenant === '') {
    throw new TypeError('project answered a document of no tenant');
  }
  const taken = STATE_FIELDS.find((field) => field in doc);
  if (taken !== undefined) throw new TypeError(`project set the reserved field ${taken}`);
}
