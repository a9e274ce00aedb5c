import {
  aiProviders,
  carriers,
  projectionName,
  routeDirections,
  toolKinds,
  type Envelope,
} from '@trunkline/contracts';
import {
  ViewWriter,
  type EventStore,
  type Logger,
  type Mongo,
  type ProjectedDocument,
} from '@trunkline/platform';
import { OwnViews } from '../../app/ports.js';
import { projections } from '../../projections.js';

export interface OwnViewsOptions {
  readonly mongo: Mongo;
  readonly store: EventStore;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Row V6: Mongo itself refuses any other value. */
const enums: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  agents: { status: ['active', 'archived'] },
  tools: { status: ['active', 'archived'], kind: toolKinds },
  credentials: { provider: aiProviders },
  'carrier-accounts': { carrier: carriers },
  routes: { direction: routeDirections, status: ['bound', 'released'] },
};

/** Writes this service's views by the same compare-and-set as the projector. */
export class MongoOwnViews extends OwnViews {
  readonly #options: OwnViewsOptions;
  readonly #writers: ReadonlyMap<string, readonly ViewWriter<ProjectedDocument>[]>;

  constructor(options: OwnViewsOptions) {
    super();
    this.#options = options;
    const writers = new Map<string, ViewWriter<ProjectedDocument>[]>();
    // Versions are read from the log until the projector has brought them.
    for (const projection of projections.filter((one) => !one.perEvent)) {
      const writer = new ViewWriter({ projection, ...options });
      for (const aggregate of projection.definition.aggregates) {
        writers.set(aggregate, [...(writers.get(aggregate) ?? []), writer]);
      }
    }
    this.#writers = writers;
  }

  async prepare(): Promise<void> {
    for (const { definition, indexes } of projections) {
      const shape = { indexes, enums: enums[definition.view] ?? {} };
      await this.#options.mongo.ensureCollection(projectionName(definition), shape);
    }
  }

  override async show(event: Envelope): Promise<void> {
    const writers = this.#writers.get(event.aggregate) ?? [];
    const shown = await Promise.allSettled(
      writers.map((writer) => writer.apply(event, { isNew: true })),
    );
    for (const result of shown) {
      if (result.status === 'fulfilled') continue;
      const { aggregate, id } = event;
      this.#options.logger.warn('views.late', { aggregate, id, error: result.reason });
    }
  }
}
