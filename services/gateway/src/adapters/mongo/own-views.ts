import { keyKinds, projectionName, roles, type Envelope } from '@trunkline/contracts';
import {
  ViewWriter,
  type EventStore,
  type Logger,
  type Mongo,
  type ProjectedDocument,
} from '@trunkline/platform';
import { projections } from '../../projections.js';

export interface OwnViewsOptions {
  readonly mongo: Mongo;
  readonly store: EventStore;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Row V6: Mongo itself refuses any other value. */
const enums: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  memberships: { role: roles },
  invitations: { role: roles, state: ['open', 'accepted', 'revoked'] },
  'api-keys': { kind: keyKinds },
};

/** Shows an event in this service's views before the request that made it is answered. */
export class OwnViews {
  readonly #options: OwnViewsOptions;
  readonly #writers: ReadonlyMap<string, readonly ViewWriter<ProjectedDocument>[]>;

  constructor(options: OwnViewsOptions) {
    this.#options = options;
    const writers = new Map<string, ViewWriter<ProjectedDocument>[]>();
    // What happened is nobody's own view: the audit trail may follow a moment later.
    for (const projection of projections.filter((one) => !one.perEvent)) {
      const writer = new ViewWriter({ projection, ...options });
      for (const aggregate of projection.definition.aggregates) {
        writers.set(aggregate, [...(writers.get(aggregate) ?? []), writer]);
      }
    }
    this.#writers = writers;
  }

  async prepare(): Promise<void> {
    for (const { definition } of projections) {
      const shape = { indexes: [], enums: enums[definition.view] ?? {} };
      await this.#options.mongo.ensureCollection(projectionName(definition), shape);
    }
  }

  /** The event is in the log: if this fails, the projector brings it all the same. */
  async show(event: Envelope): Promise<void> {
    const writers = this.#writers.get(event.aggregate) ?? [];
    const shown = await Promise.allSettled(writers.map((writer) => writer.apply(event)));
    for (const result of shown) {
      if (result.status === 'fulfilled') continue;
      const { aggregate, id } = event;
      this.#options.logger.warn('views.late', { aggregate, id, error: result.reason });
    }
  }
}
