import { randomUUID } from 'node:crypto';
import {
  projectionName,
  sideDurableOf,
  type Durable,
  type SidePurpose,
} from '@trunkline/contracts';
import type { CreateCollectionOptions, Db } from 'mongodb';
import { PullDurable } from '../projector/consumer.js';
import type { DeadLetter } from '../projector/dead-letters.js';
import type { ProjectedDocument, Projection } from './projection.js';
import { replayCold } from '../projector/projector-cold.js';
import { readEvent } from '../projector/projector-parse.js';
import { Parking } from '../projector/projector-parking.js';
import { EventRunner } from '../projector/projector-runner.js';
import {
  ensureIndexes,
  projectorTuning,
  type ProjectorDependencies,
} from '../projector/projector.js';
import { ViewWriter } from './view-writer.js';

/** A crashed run's durable goes by itself, so that it does not hold the archiver for ever. */
const INACTIVE_MS = 10 * 60_000;

export interface SideRunLimits {
  readonly catchUpMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds a read model a second time, from the first event on, beside the live one. What fails
 * is parked in memory only: the live projector's letters are not its business.
 */
export class SideRun<Doc extends ProjectedDocument> {
  readonly collection: string;
  readonly #projection: Projection<Doc>;
  readonly #with: ProjectorDependencies;
  readonly #durable: Durable;
  readonly #parking: Parking;
  readonly #ending = new AbortController();
  #pull: PullDurable | undefined;
  #runner: EventRunner | undefined;

  constructor(
    projection: Projection<Doc>,
    options: { readonly purpose: SidePurpose; readonly dependencies: ProjectorDependencies },
  ) {
    const { purpose, dependencies } = options;
    const run = randomUUID().slice(0, 8);
    const name = projectionName(projection.definition);
    this.#projection = projection;
    this.#with = dependencies;
    this.#durable = sideDurableOf(projection.definition, { purpose, run });
    this.collection = `${name}__${purpose}_${run}`;
    const { catalogue } = dependencies;
    const publish = (): Promise<void> => Promise.resolve();
    this.#parking = new Parking({ projection: name, catalogue, publish });
  }

  get parked(): DeadLetter[] {
    return this.#parking.letters;
  }

  /** Resolves when the side collection holds all that the log held meanwhile. */
  async build(limits: SideRunLimits): Promise<void> {
    const { nc, mongo, tuning } = this.#with;
    const name = projectionName(this.#projection.definition);
    await createLike(mongo.platformDatabase(), { name, copy: this.collection });
    await ensureIndexes(mongo, this.collection, this.#projection);
    // First of all, as its position keeps the archiver from moving what was not read here.
    this.#pull = await PullDurable.open(nc, this.#durable, {
      ...projectorTuning,
      ...tuning,
      inactiveMs: INACTIVE_MS,
    });
    await this.#readArchive(this.#start(this.collection), limits.signal);
    await this.catchUp(limits);
  }

  async #readArchive(writer: ViewWriter<Doc>, signal?: AbortSignal): Promise<void> {
    const { cold, catalogue } = this.#with;
    if (!cold) return;
    const { definition } = this.#projection;
    await replayCold({ definition, cold, catalogue, writer, poison: this.#parking, signal });
  }

  async catchUp(limits: SideRunLimits): Promise<void> {
    await this.#runner?.caughtUp(limits.catchUpMs, limits.signal);
  }

  /** Goes on from where it stands, but into another collection. */
  async continueInto(collection: string, between: () => Promise<void>): Promise<void> {
    await this.#runner?.stop();
    await between();
    this.#start(collection);
  }

  /** Leaves nothing behind but a collection that was renamed meanwhile. */
  async end(): Promise<void> {
    this.#ending.abort(new Error('ended'));
    await this.#runner?.stop();
    await this.#pull?.remove();
    const { mongo } = this.#with;
    const isThere = mongo.platformDatabase().listCollections({ name: this.collection });
    if (await isThere.hasNext()) await mongo.platformCollection(this.collection).drop();
  }

  #start(collection: string): ViewWriter<Doc> {
    const { mongo, store, catalogue, tuning, log } = this.#with;
    const writer = new ViewWriter({ projection: this.#projection, mongo, store, collection });
    this.#runner = new EventRunner({
      name: this.#durable.name,
      durables: this.#pull ? [this.#pull] : [],
      tuning: { ...projectorTuning, ...tuning },
      log,
      poison: this.#parking,
      read: (message) => readEvent(catalogue, message),
      apply: async (event, signal) => {
        await writer.apply(event, { signal });
      },
      readArchive: () => this.#readArchive(writer, this.#ending.signal),
    });
    this.#runner.start();
    return writer;
  }
}

/** With the validator of the live one, which goes with the collection when it is swapped. */
async function createLike(
  database: Db,
  names: { readonly name: string; readonly copy: string },
): Promise<void> {
  const [live] = await database.listCollections({ name: names.name }).toArray();
  const options: CreateCollectionOptions = live && 'options' in live ? { ...live.options } : {};
  await database.createCollection(names.copy, options);
}
