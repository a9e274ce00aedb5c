import {
  durablesOf,
  projectionName,
  type AggregateRef,
  type EventCatalogue,
} from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Mongo } from '../../mongo/index.js';
import type { Metrics } from '../../telemetry/metrics.js';
import type { ColdHalf } from '../store/cold-half.js';
import { PullDurable } from './consumer.js';
import { DeadLetters, type DeadLetter } from './dead-letters.js';
import type { EventStore } from '../store/event-store.js';
import type { OwnWrites } from '../views/own-writes.js';
import type { ProjectedDocument, Projection } from '../views/projection.js';
import { replayColdOnce } from './projector-cold.js';
import { LetterDesk, pause } from './projector-letters.js';
import { readEvent } from './projector-parse.js';
import { Parking } from './projector-parking.js';
import { EventRunner, type ProjectorLog, type RunnerTuning } from './projector-runner.js';
import { ViewWriter, type Failpoint } from '../views/view-writer.js';

export interface ProjectorTuning extends RunnerTuning {
  readonly maxAckPending: number;
  readonly scanMs: number;
}

export const projectorTuning: ProjectorTuning = {
  maxInFlight: 256,
  maxAckPending: 512,
  lanes: 64,
  pullMs: 5_000,
  ackWaitMs: 30_000,
  nakDelayMs: 200,
  drainMs: 5_000,
  maxFaultDelayMs: 5_000,
  scanMs: 60_000,
};

export interface ProjectorDependencies {
  readonly nc: NatsConnection;
  readonly mongo: Mongo;
  readonly store: Pick<EventStore, 'load'>;
  readonly catalogue: EventCatalogue;
  /** The archived half; without one only the stream is read. */
  readonly cold?: ColdHalf | undefined;
  /** What this process writes into the view by itself. */
  readonly own?: OwnWrites | undefined;
  readonly log: ProjectorLog;
  readonly metrics?: Metrics | undefined;
  readonly tuning?: Partial<ProjectorTuning> | undefined;
  readonly failpoint?: Failpoint | undefined;
}

/** Keeps one read model up with the log. Any number of processes may run the same one. */
export class Projector<Doc extends ProjectedDocument> {
  readonly name: string;
  readonly writer: ViewWriter<Doc>;
  readonly #projection: Projection<Doc>;
  readonly #with: ProjectorDependencies;
  readonly #tuning: ProjectorTuning;
  readonly #parking: Parking;
  readonly #stopping = new AbortController();
  #running: Running<Doc> | undefined;
  #background: Promise<void>[] = [];
  #pendingCount = 0;

  constructor(projection: Projection<Doc>, dependencies: ProjectorDependencies) {
    const { mongo, store, catalogue, failpoint } = dependencies;
    this.name = projectionName(projection.definition);
    this.#projection = projection;
    this.#with = dependencies;
    this.#tuning = { ...projectorTuning, ...dependencies.tuning };
    this.writer = new ViewWriter({ projection, mongo, store, failpoint, looksFirst: true });
    const publish = (letter: DeadLetter): Promise<void> => this.#park(letter);
    this.#parking = new Parking({ projection: this.name, catalogue, publish });
  }

  /** Resolves once it runs; rejects when the log or the database can't be reached. */
  async start(): Promise<void> {
    const { nc, mongo } = this.#with;
    await ensureIndexes(mongo, this.name, this.#projection);
    const letters = await DeadLetters.open(nc);
    const { letters: open, nextSeq } = await letters.snapshot(this.name);
    for (const letter of open) this.#parking.note(letter);
    const durables: PullDurable[] = [];
    for (const durable of durablesOf(this.#projection.definition)) {
      durables.push(await PullDurable.open(nc, durable, this.#tuning));
    }
    const running = { letters, desk: this.#desk(letters), runner: this.#runner(durables) };
    this.#running = running;
    // The durables exist, so the archiver moves nothing more past them while cold is read.
    await this.#replayCold(durables);
    running.runner.start();
    this.#background = [running.desk.run(nextSeq), this.#scanRegularly(running)];
    for (const letter of open) running.desk.hear(letter);
  }

  /** Finishes what is in flight, within a bound. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    await this.#running?.runner.stop();
    await Promise.all(this.#background);
  }

  /** Events not yet in the view, as last seen; looked up every minute. */
  pending(): number {
    return this.#pendingCount;
  }

  parked(): DeadLetter[] {
    return this.#parking.letters;
  }

  /** True while MongoDB or the log keeps it from working. */
  get isHeldUp(): boolean {
    return this.#running?.runner.isHeldUp ?? false;
  }

  /** For readiness: rejects with the fault that keeps it from working. */
  check(): Promise<void> {
    this.#reportHeldUp();
    const code = this.#running?.runner.heldUpBy;
    return code === undefined
      ? Promise.resolve()
      : Promise.reject(new AppError(code, { retryable: true }));
  }

  /** Resolves once everything appended before the call is in the view or parked. */
  async caughtUp(limitMs = 30_000, signal?: AbortSignal): Promise<void> {
    await this.#started().runner.caughtUp(limitMs, signal);
  }

  /**
   * Lets parked aggregates go, one or all, and applies what the log has beyond their
   * documents. Answers how many went through; one that fails again is parked again.
   */
  async replay(ref?: AggregateRef): Promise<{ replayed: number; parkedAgain: number }> {
    const { letters, desk } = this.#started();
    const wanted = ref ? [await letters.get(this.name, ref)] : await letters.list(this.name);
    const outcome = { replayed: 0, parkedAgain: 0 };
    for (const letter of wanted) {
      if (!letter || letter.state === 'settled') continue;
      const seq = await letters.ask('released', letter);
      const isThrough = await desk.act({ ...letter, state: 'released', seq });
      outcome[isThrough ? 'replayed' : 'parkedAgain'] += 1;
    }
    return outcome;
  }

  #started(): Running<Doc> {
    if (!this.#running) throw new TypeError(`projector ${this.name} is not running`);
    return this.#running;
  }

  #desk(letters: DeadLetters): LetterDesk<Doc> {
    const { store, log } = this.#with;
    const { writer, name: projection } = this;
    const { signal } = this.#stopping;
    return new LetterDesk({
      ...{ projection, letters, store, writer, log, signal },
      parking: this.#parking,
    });
  }

  #runner(durables: readonly PullDurable[]): EventRunner {
    const { catalogue, log, failpoint, own } = this.#with;
    return new EventRunner({
      name: this.name,
      durables,
      tuning: this.#tuning,
      log,
      poison: this.#parking,
      isIn: (eventId) => own?.has(this.name, eventId) ?? Promise.resolve(false),
      read: (message) => readEvent(catalogue, message),
      apply: async (event, signal) => {
        await this.writer.apply(event, { signal });
        await failpoint?.('before-ack', event);
      },
      readArchive: () => this.#replayCold(durables),
    });
  }

  async #replayCold(durables: readonly PullDurable[]): Promise<void> {
    const { cold, mongo, catalogue } = this.#with;
    if (!cold) return;
    await replayColdOnce({
      ...{ mongo, cold, catalogue },
      ...{ name: this.name, durables },
      definition: this.#projection.definition,
      writer: this.writer,
      poison: this.#parking,
      signal: this.#stopping.signal,
    });
  }

  async #park(letter: DeadLetter): Promise<void> {
    await this.#started().letters.put(letter);
    const { ref, reason, v, type } = letter;
    const fields = { projection: this.name, aggregate: ref.aggregate, tenant: ref.tenant };
    this.#with.log.error('projector.parked', { ...fields, id: ref.id, reason, v, type });
  }

  /** Advisories and notes can be missed, so the state is looked up as well. */
  async #scanRegularly({ runner, desk }: Running<Doc>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        this.#pendingCount = await runner.pendingCount();
        this.#report();
        await desk.reread();
      } catch (error) {
        if (!signal.aborted) {
          this.#with.log.warn('projector.scan-failed', { projection: this.name, error });
        }
      }
      await pause(this.#tuning.scanMs, signal);
    }
  }

  #report(): void {
    const { metrics } = this.#with;
    const labels = { projection: this.name };
    const labelNames = ['projection'] as const;
    const pending = { name: 'projector_pending_events', help: 'Events not yet in the view.' };
    const parked = { name: 'projector_parked_aggregates', help: 'Aggregates held back as poison.' };
    metrics?.gauge({ ...pending, labelNames: [...labelNames] }).set(labels, this.#pendingCount);
    metrics?.gauge({ ...parked, labelNames: [...labelNames] }).set(labels, this.parked().length);
    this.#reportHeldUp();
  }

  #reportHeldUp(): void {
    const heldUp = { name: 'projector_held_up', help: '1 while a fault of the world stops it.' };
    const gauge = this.#with.metrics?.gauge({ ...heldUp, labelNames: ['projection'] });
    gauge?.set({ projection: this.name }, this.isHeldUp ? 1 : 0);
  }
}

interface Running<Doc extends ProjectedDocument> {
  readonly letters: DeadLetters;
  readonly desk: LetterDesk<Doc>;
  readonly runner: EventRunner;
}

export async function ensureIndexes<Doc extends ProjectedDocument>(
  mongo: Mongo,
  name: string,
  projection: Projection<Doc>,
): Promise<void> {
  for (const { keys, options } of projection.indexes) {
    await mongo.platformCollection(name).createIndex(keys, { ...options });
  }
}
