import { projectionName, type Envelope } from '@trunkline/contracts';
import type { Mongo } from '../../mongo/index.js';
import type { Logger } from '../../telemetry/logger.js';
import type { EventStore } from '../store/event-store.js';
import type { OwnWrites } from './own-writes.js';
import type { ProjectedDocument, Projection } from './projection.js';
import { ViewWriter } from './view-writer.js';

/** View → path of a field → the values it may have; Mongo itself refuses any other (row V6). */
export type ViewEnums = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface ServiceViewsOptions {
  readonly projections: readonly Projection<ProjectedDocument>[];
  readonly enums: ViewEnums;
  readonly mongo: Pick<Mongo, 'platformCollection' | 'ensureCollection'>;
  readonly store: Pick<EventStore, 'load'>;
  /** For the projectors of the same process, and told by the same store what is sent. */
  readonly own?: OwnWrites;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * The views of one service, written by the request that made an event before it is answered:
 * by the same compare-and-set as the projector, so it does not matter who comes first.
 */
export class ServiceViews {
  readonly #options: ServiceViewsOptions;
  readonly #writers: ReadonlyMap<string, readonly ViewWriter<ProjectedDocument>[]>;

  constructor(options: ServiceViewsOptions) {
    this.#options = options;
    const { mongo, store } = options;
    const writers = new Map<string, ViewWriter<ProjectedDocument>[]>();
    // What happened is nobody's own view: a trail of events may follow a moment later.
    for (const projection of options.projections.filter((one) => !one.perEvent)) {
      const writer = new ViewWriter({ projection, mongo, store });
      for (const aggregate of projection.definition.aggregates) {
        writers.set(aggregate, [...(writers.get(aggregate) ?? []), writer]);
      }
    }
    this.#writers = writers;
  }

  /** Collections and what they accept; their indexes are the projector's, who may need minutes. */
  async prepare(): Promise<void> {
    const { projections, enums, mongo } = this.#options;
    for (const { definition } of projections) {
      const shape = { indexes: [], enums: enums[definition.view] ?? {} };
      await mongo.ensureCollection(projectionName(definition), shape);
    }
  }

  /** Never rejects: the event is in the log, and the projector brings it all the same. */
  async show(event: Envelope): Promise<void> {
    const writers = this.#writers.get(event.aggregate) ?? [];
    const shown = await Promise.allSettled(writers.map((writer) => this.#write(writer, event)));
    for (const result of shown) {
      if (result.status === 'fulfilled') continue;
      const { aggregate, id } = event;
      this.#options.logger.warn('views.late', { aggregate, id, error: result.reason });
    }
  }

  #write(writer: ViewWriter<ProjectedDocument>, event: Envelope): Promise<unknown> {
    const write = writer.apply(event);
    const projection = projectionName(writer.projection.definition);
    this.#options.own?.note(projection, event.eventId, write);
    return write;
  }
}
