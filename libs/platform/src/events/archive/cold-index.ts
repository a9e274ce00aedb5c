import type { AggregateRef } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { ClientSession, Collection, Filter } from 'mongodb';
import type { Mongo } from '../../mongo/index.js';
import type { ColdFilter } from '../store/cold-half.js';
import type { SegmentFiles } from './segment-files.js';
import { aggregateKey, refKey, type SegmentManifest, type SegmentName } from './segment-format.js';

/** A manifest as `log_cold` holds it, in its current generation. */
export type IndexedSegment = SegmentManifest & { readonly _id: string };

/** Noted before a segment is written, so that what a crash leaves behind is found again. */
export interface WriteIntent extends SegmentName {
  readonly _id: string;
  readonly state: 'writing' | 'indexed' | 'abandoned';
}

const COLD = 'log_cold';
const INTENTS = 'log_intents';

/** Which segments hold an aggregate: one document per segment, replaced as a whole. */
export class ColdIndex {
  readonly #mongo: Mongo;
  readonly #cold: Collection<IndexedSegment>;
  readonly #intents: Collection<WriteIntent>;

  constructor(mongo: Mongo) {
    this.#mongo = mongo;
    this.#cold = mongo.platformCollection<IndexedSegment>(COLD);
    this.#intents = mongo.platformCollection<WriteIntent>(INTENTS);
  }

  async ensure(): Promise<void> {
    const keys = { tenant: 1, 'aggregates.key': 1 } as const;
    await this.#mongo.ensureCollection(COLD, { indexes: [{ keys }], platform: true });
    await this.#mongo.ensureCollection(INTENTS, { indexes: [], platform: true });
  }

  /** Segment ids sort by time, so an aggregate's earlier versions come first. */
  async segmentsOf(ref: AggregateRef): Promise<IndexedSegment[]> {
    const filter = { tenant: ref.tenant, 'aggregates.key': aggregateKey(ref) };
    return this.#cold.find(filter).sort({ _id: 1 }).toArray();
  }

  async segment(id: string): Promise<IndexedSegment | undefined> {
    return (await this.#cold.findOne({ _id: id })) ?? undefined;
  }

  async segmentIds(filter: ColdFilter = {}): Promise<string[]> {
    const found = this.#cold.find(mongoFilter(filter), { projection: { _id: 1 } });
    return (await found.sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
  }

  /** The last sequence of the aggregate that is cold already; 0 when nothing is. */
  async lastColdSeq(ref: AggregateRef): Promise<number> {
    const key = aggregateKey(ref);
    const filter = { tenant: ref.tenant, 'aggregates.key': key };
    const options = { projection: { aggregates: { $elemMatch: { key } } } };
    const found = await this.#cold.find(filter, options).toArray();
    return found.reduce((most, one) => Math.max(most, one.aggregates[0]?.lastSeq ?? 0), 0);
  }

  /** The same for many, by `refKey`, in one query a tenant; those with nothing cold are absent. */
  async lastColdSeqs(refs: readonly AggregateRef[]): Promise<Map<string, number>> {
    const last = new Map<string, number>();
    const wanted = new Set(refs.map(refKey));
    const projection = { 'aggregates.key': 1, 'aggregates.lastSeq': 1 };
    for (const [tenant, group] of Map.groupBy(refs, (ref) => ref.tenant)) {
      const filter = { tenant, 'aggregates.key': { $in: group.map(aggregateKey) } };
      const found = await this.#cold.find(filter, { projection }).toArray();
      for (const { key, lastSeq } of found.flatMap(({ aggregates }) => aggregates)) {
        const name = `${tenant}/${key}`;
        if (wanted.has(name)) last.set(name, Math.max(last.get(name) ?? 0, lastSeq));
      }
    }
    return last;
  }

  /** Which of these aggregates have something cold. */
  async known(tenant: string, keys: readonly string[]): Promise<Set<string>> {
    const wanted = new Set(keys);
    const filter = { tenant, 'aggregates.key': { $in: [...keys] } };
    const found = this.#cold.find(filter, { projection: { 'aggregates.key': 1 } });
    const held = (await found.toArray()).flatMap((one) => one.aggregates.map(({ key }) => key));
    return new Set(held.filter((key) => wanted.has(key)));
  }

  /**
   * Only while its intent stands. A writer that was frozen may wake after its successor has
   * deleted its files; one of the two transactions then fails by the other's write.
   */
  async put(manifest: SegmentManifest): Promise<void> {
    const filter = { _id: intentId(manifest), state: { $ne: 'abandoned' as const } };
    await this.#mongo.transaction(async (session) => {
      const $set = { state: 'indexed' as const };
      const { matchedCount } = await this.#intents.updateOne(filter, { $set }, { session });
      if (matchedCount === 0) throw new AppError('log.busy', { retryable: true });
      await this.restore(manifest, session);
    });
  }

  /** An older generation never replaces a newer one, in whatever order they come. */
  async restore(manifest: SegmentManifest, session?: ClientSession): Promise<void> {
    const options = session ? { session } : {};
    const _id = manifest.segment;
    const current = await this.#cold.findOne({ _id }, options);
    if (current && current.generation >= manifest.generation) return;
    await this.#cold.replaceOne({ _id }, manifest, { ...options, upsert: true });
  }

  async remove(id: string): Promise<void> {
    await this.#cold.deleteOne({ _id: id });
  }

  async intend(name: SegmentName): Promise<void> {
    const { segment, generation, tenant, day } = name;
    const intent = { segment, generation, tenant, day, state: 'writing' as const };
    await this.#intents.replaceOne({ _id: intentId(name) }, intent, { upsert: true });
  }

  /** From here on its writer can't index it, should it still be alive. */
  async abandon(name: SegmentName): Promise<void> {
    const filter = { _id: intentId(name), state: { $ne: 'indexed' as const } };
    await this.#intents.updateOne(filter, { $set: { state: 'abandoned' } });
  }

  async isIntended(name: SegmentName): Promise<boolean> {
    const filter = { _id: intentId(name), state: { $ne: 'abandoned' as const } };
    return (await this.#intents.findOne(filter)) !== null;
  }

  /** Never one that an abandoned write has had: its writer may still put files of that name. */
  async nextGeneration(segment: string): Promise<number> {
    const current = await this.segment(segment);
    const intents = await this.#intents.find({ segment }).toArray();
    const used = intents.map(({ generation }) => generation);
    return Math.max(current?.generation ?? 0, ...used) + 1;
  }

  async settle(name: SegmentName): Promise<void> {
    await this.#intents.deleteOne({ _id: intentId(name) });
  }

  async intents(): Promise<WriteIntent[]> {
    return this.#intents.find().sort({ _id: 1 }).toArray();
  }

  async clear(): Promise<void> {
    await this.#cold.deleteMany({});
  }
}

/** Builds `log_cold` from the manifests alone; the newest generation of each segment counts. */
export async function rebuildColdIndex(index: ColdIndex, files: SegmentFiles): Promise<number> {
  const seen = new Set<string>();
  for await (const manifest of files.manifests()) {
    // A writer that woke too late leaves a manifest whose data is deleted already.
    if (!(await files.hasData(manifest))) continue;
    await index.restore(manifest);
    seen.add(manifest.segment);
  }
  // What is indexed without both objects is a leftover: it can't be read.
  const stale = (await index.segmentIds()).filter((id) => !seen.has(id));
  for (const id of stale) await index.remove(id);
  return seen.size;
}

function intentId(name: SegmentName): string {
  return `${name.segment}.g${name.generation}`;
}

function mongoFilter(filter: ColdFilter): Filter<IndexedSegment> {
  const { tenant, aggregates, id } = filter;
  const byTenant = tenant === undefined ? {} : { tenant };
  if (aggregates && id !== undefined) {
    const keys = aggregates.map((aggregate) => aggregateKey({ aggregate, id }));
    return { ...byTenant, 'aggregates.key': { $in: keys } };
  }
  if (!aggregates) return byTenant;
  const prefixes = aggregates.map((aggregate) => new RegExp(`^${aggregate}/`));
  return { ...byTenant, 'aggregates.key': { $in: prefixes } };
}
