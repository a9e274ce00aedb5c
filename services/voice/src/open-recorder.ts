import { join } from 'node:path';
import type { Lifecycle, Logger, Metrics, ObjectStore, S3Settings } from '@trunkline/platform';
import { ThreadedPress } from './adapters/press/threaded-press.js';
import { FolderSpool } from './adapters/spool/folder-spool.js';
import { RecordingVault } from './app/recording/recording-vault.js';
import { SpooledRecorder } from './app/recording/spooled-recorder.js';
import type { VoiceSettings } from './config.js';

const SEGMENT_MS = 30_000;

export interface RecorderWorld {
  readonly settings: Pick<VoiceSettings, 'VOICE_SPOOL_DIR'>;
  readonly pod: string;
  readonly objects: ObjectStore;
  /** Where `objects` is, for a thread that needs a client of its own. */
  readonly s3: S3Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
}

/** From the line to the pod's disk, and from there to the object store. */
export function openRecorder(world: RecorderWorld): {
  readonly recorder: SpooledRecorder;
  readonly vault: RecordingVault;
} {
  const { lifecycle, logger, metrics, objects, pod, s3, settings } = world;
  const press = new ThreadedPress({ store: s3, logger });
  const vault = new RecordingVault({ objects, press, logger });
  metrics.gauge({
    name: 'voice_spool_age_seconds',
    help: 'How long the oldest finished recording has been waiting for the object store.',
    collect() {
      this.set(vault.oldestMs / 1000);
    },
  });
  lifecycle.add('close', 'recordings', async () => {
    await vault.close();
    await press.close();
  });
  const recorder = new SpooledRecorder({
    ...{ vault, objects, logger, segmentMs: SEGMENT_MS },
    spool: new FolderSpool(join(settings.VOICE_SPOOL_DIR, pod)),
    nowMs: () => performance.now(),
  });
  return { recorder, vault };
}
