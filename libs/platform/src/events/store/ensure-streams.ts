import {
  DEAD_LETTER_STREAM,
  DEAD_LETTER_SUBJECTS,
  EVENT_STREAM,
  EVENT_SUBJECTS,
  PROBE_STREAM,
  WEBHOOK_STREAM,
  WEBHOOK_SUBJECTS,
  probeSubject,
  services,
} from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  jetstreamManager,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { nanos, type NatsConnection } from '@nats-io/transport-node';

export const LEASE_BUCKET = 'leases';
const LEASE_TTL_MS = 15_000;
const DUPLICATE_WINDOW_MS = 10 * 60_000;
const PROBE_MAX_BYTES = 1024 * 1024;
/** Carriers give up repeating within hours; what nobody worked off by then tells nothing new. */
const WEBHOOKS_KEPT_MS = 24 * 3600 * 1000;

export interface StreamSizes {
  /** 1 on a single server, 3 in a cluster. */
  readonly replicas: number;
  /** Of the log; a full one refuses, it never drops. */
  readonly maxBytes: number;
  /** Of the dead letters; a sixteenth of the log unless told. */
  readonly deadLetterMaxBytes?: number;
}

type Wanted = Pick<StreamConfig, 'name' | 'subjects'> & Partial<StreamConfig>;

/**
 * Creates the streams and the lease bucket, or brings them to these settings. Only the
 * operator's user may; it runs before the services start. All live in files: what lived in
 * memory would be gone after a restart of a single server, and no service may make it again;
 * besides, a probe that is written to disk notices a full one.
 */
export async function ensureStreams(connection: NatsConnection, sizes: StreamSizes): Promise<void> {
  const manager = await jetstreamManager(connection);
  for (const wanted of wantedStreams(sizes)) await ensureStream(manager, wanted);
  await new Kvm(connection).create(LEASE_BUCKET, {
    ttl: LEASE_TTL_MS,
    storage: StorageType.File,
    replicas: sizes.replicas,
    history: 1,
  });
}

const needed = [
  EVENT_STREAM,
  DEAD_LETTER_STREAM,
  WEBHOOK_STREAM,
  PROBE_STREAM,
  `KV_${LEASE_BUCKET}`,
];

/** For services, at boot: everything is there, and the log can neither drop nor expire events. */
export async function requireStreams(connection: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const problems: string[] = [];
  for (const name of needed) {
    const config = await configOf(manager, name);
    if (!config) problems.push(`stream ${name} is missing`);
    else if (name === EVENT_STREAM) problems.push(...faultsOfTheLog(config));
  }
  if (problems.length > 0) throw new AppError('log.unfit', { details: { problems } });
}

function wantedStreams(sizes: StreamSizes): Wanted[] {
  const kept = {
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    num_replicas: sizes.replicas,
    max_age: 0,
    allow_direct: true,
  };
  return [
    {
      ...kept,
      name: EVENT_STREAM,
      subjects: [EVENT_SUBJECTS],
      max_bytes: sizes.maxBytes,
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    },
    {
      ...kept,
      name: DEAD_LETTER_STREAM,
      subjects: [DEAD_LETTER_SUBJECTS],
      max_bytes: sizes.deadLetterMaxBytes ?? Math.ceil(sizes.maxBytes / 16),
      max_msgs_per_subject: 1,
    },
    {
      name: WEBHOOK_STREAM,
      subjects: [WEBHOOK_SUBJECTS],
      storage: StorageType.File,
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      num_replicas: sizes.replicas,
      max_age: nanos(WEBHOOKS_KEPT_MS),
      max_bytes: Math.ceil(sizes.maxBytes / 16),
    },
    {
      name: PROBE_STREAM,
      subjects: [...services.map(probeSubject), probeSubject('operator')],
      storage: StorageType.File,
      num_replicas: sizes.replicas,
      max_msgs_per_subject: 1,
      max_bytes: PROBE_MAX_BYTES,
    },
  ];
}

async function ensureStream(manager: JetStreamManager, wanted: Wanted): Promise<void> {
  const found = await configOf(manager, wanted.name);
  if (!found) {
    await manager.streams.add(wanted);
    return;
  }
  const differs = Object.entries(wanted).some(
    ([key, value]) => JSON.stringify(found[key as keyof StreamConfig]) !== JSON.stringify(value),
  );
  if (differs) await manager.streams.update(wanted.name, wanted);
}

async function configOf(
  manager: JetStreamManager,
  name: string,
): Promise<StreamConfig | undefined> {
  try {
    const info = await manager.streams.info(name);
    return info.config;
  } catch (error) {
    const missing =
      error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
    if (missing) return undefined;
    throw new AppError('log.unavailable', { retryable: true, cause: error });
  }
}

function faultsOfTheLog(config: StreamConfig): string[] {
  const rules: readonly (readonly [boolean, string])[] = [
    [config.discard === DiscardPolicy.New, 'discards old events when it is full'],
    [config.max_age === 0, 'lets events expire'],
    [config.storage === StorageType.File, 'is not kept in files'],
    [config.retention === RetentionPolicy.Limits, 'drops events once they are consumed'],
    [config.max_msgs_per_subject <= 0, 'limits the events of an aggregate'],
  ];
  return rules.flatMap(([kept, fault]) => (kept ? [] : [`stream ${EVENT_STREAM} ${fault}`]));
}
