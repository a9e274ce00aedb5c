import type { Envelope, ProjectionDefinition } from '@trunkline/contracts';
import type { IndexSpecification, CreateIndexesOptions } from 'mongodb';

/** What every document of a read model carries besides its own fields. */
export interface ProjectedDocument {
  readonly _id: string;
  readonly tenant: string;
}

/** Kept by the projector beside the document's own fields. */
export interface ProjectionState {
  /** The version per source aggregate: `v.call`, `v.dial`, … */
  readonly v: Readonly<Record<string, number>>;
  /** The id of the first event per source, which tells a duplicate insert from a clash. */
  readonly first: Readonly<Record<string, string>>;
  /** `<tenant>/<id>` per source: a second instance on one document is a clash. */
  readonly refs: Readonly<Record<string, string>>;
  /** True while `project` has answered `undefined`: the document only holds versions. */
  readonly absent?: true;
  /** So often the content was made anew from a redacted log, at the versions it had. */
  readonly rewrites?: number;
}

export interface ViewIndex {
  readonly keys: IndexSpecification;
  /** Never `unique`: uniqueness is an aggregate, views have no unique index but `_id`. */
  readonly options?: Omit<CreateIndexesOptions, 'unique'>;
}

/**
 * A read model: pure `project` from document and event to the next document. It must cope
 * with every fact of its aggregates; answering `undefined` means "no document (yet)".
 */
export interface Projection<Doc extends ProjectedDocument> {
  readonly definition: ProjectionDefinition;
  /**
   * The one document this event concerns; `undefined`: this event is not for this view. Two
   * documents for one event need two projections. Events of one source aggregate instance must
   * all map to the same document, unless `perEvent` is set.
   */
  documentId(event: Envelope): string | undefined;
  project(doc: Doc | undefined, event: Envelope): Doc | undefined;
  readonly indexes: readonly ViewIndex[];
  /** One document per event (an audit trail): inserts only, no version order needed. */
  readonly perEvent?: true;
}
