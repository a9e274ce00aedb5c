import {
  connectMongo,
  runProjectors,
  ServiceViews,
  type ColdHalf,
  type EventStore,
  type HealthRegistry,
  type Lifecycle,
  type Logger,
  type Metrics,
  type Mongo,
  type NatsConnections,
  type ObjectStore,
  type Requests,
} from '@trunkline/platform';
import { NatsPods } from './adapters/leases/nats-pods.js';
import { MongoOpenCalls } from './adapters/mongo/before-tenant.js';
import { NatsLeg } from './adapters/nats/nats-leg.js';
import { PodFolders } from './adapters/spool/pod-folders.js';
import type { RecordingVault } from './app/recording/recording-vault.js';
import { Sweeper } from './app/sweeping/sweeper.js';
import type { VoiceSettings } from './config.js';
import type { OpenedFacts } from './open-facts.js';
import { projections, viewEnums } from './projections.js';

const EVERY_MS = 5000;
/** Ours has to be sound for so long before we call others dead. */
const PATIENCE_MS = 30_000;

export interface SweeperWorld extends OpenedFacts {
  readonly settings: VoiceSettings;
  readonly pod: string;
  readonly nats: NatsConnections;
  readonly requests: Requests;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  readonly lifecycle: Lifecycle;
  readonly store: EventStore;
  readonly cold: ColdHalf;
  readonly objects: ObjectStore;
  readonly vault: RecordingVault;
}

/** Says that this pod lives, and finishes what others left when they did not. */
export async function openSweeper(world: SweeperWorld): Promise<void> {
  const { facts, lifecycle, logger, nats, pod, requests, settings } = world;
  const mongo = await openViews(world);
  const pods = new NatsPods({ connection: nats.connection, pod, logger });
  pods.start();
  lifecycle.add('close', 'pod-lease', () => pods.stop());
  const sweeper = new Sweeper({
    ...{ pod, pods, facts, logger, patienceMs: PATIENCE_MS, bootMs: Date.now() },
    ...{ store: world.store, objects: world.objects, vault: world.vault },
    openCalls: new MongoOpenCalls(mongo),
    remains: new PodFolders({
      journal: settings.VOICE_JOURNAL_DIR,
      spool: settings.VOICE_SPOOL_DIR,
    }),
    legOf: (owner) => new NatsLeg(requests, owner),
  });
  runRounds(world, sweeper);
}

async function openViews(world: SweeperWorld): Promise<Mongo> {
  const { health, lifecycle, logger, metrics, settings, store } = world;
  const mongo = await connectMongo({
    uri: settings.MONGODB_URI.reveal(),
    database: settings.MONGODB_DATABASE,
    maxPoolSize: settings.MONGODB_MAX_POOL_SIZE,
    metrics: metrics.registry,
  });
  lifecycle.add('close', 'mongo', () => mongo.close());
  // Calls go on without it: only the dead wait.
  health.add('mongo', (signal) => mongo.ping(signal), { isPartial: true });
  await new ServiceViews({ projections, enums: viewEnums, mongo, store, logger }).prepare();
  await runProjectors({ ...world, projections, mongo });
  return mongo;
}

/** One after the other, for as long as the process takes work. */
function runRounds({ lifecycle, logger, replayed }: SweeperWorld, sweeper: Sweeper): void {
  const { signal } = lifecycle;
  let running: Promise<void> | undefined;
  let isTidy = false;
  const round = async (): Promise<void> => {
    try {
      await replayed;
      if (!isTidy) await sweeper.tidy(signal);
      isTidy = true;
      await sweeper.round(signal);
    } catch (error) {
      if (!signal.aborted) logger.warn('sweep.round-failed', { error });
    } finally {
      running = undefined;
    }
  };
  const timer = setInterval(() => {
    running ??= round();
  }, EVERY_MS);
  lifecycle.add('stop-taking', 'sweeper', async () => {
    clearInterval(timer);
    await running;
  });
}
