import type { AggregateRef, Envelope } from '@trunkline/contracts';

export interface ColdFilter {
  readonly tenant?: string;
  readonly aggregates?: readonly string[];
  readonly id?: string;
}

export interface ColdReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Events the archiver has moved out of the stream. They come as they were stored, so the
 * reader parses and upcasts them like hot ones. Only the event store and the projector's
 * replay read it; everybody else sees one log.
 */
export abstract class ColdHalf {
  /** In order of version, each version once; empty when the aggregate has nothing cold. */
  abstract read(ref: AggregateRef, options?: ColdReadOptions): Promise<readonly Envelope[]>;

  /**
   * Everything cold. Each aggregate's events come in order of version; one may come twice, so
   * a reader that folds them skips the versions it has.
   */
  abstract all(filter?: ColdFilter, options?: ColdReadOptions): AsyncIterable<Envelope>;
}
