import type { ObjectStore } from '@trunkline/platform';
import { bytesOf } from '@trunkline/telephony';
import { mono, stereo } from '../../domain/recording/mix.js';
import { recordingKeys, RECORDINGS_BUCKET } from '../../domain/recording/recording-keys.js';
import { wavBytes, wavHeader } from '../../domain/recording/wav.js';
import { FRAME_MS } from '../ports/index.js';
import { atRest } from './at-rest.js';
import { decodeLanes } from './decode-lanes.js';
import { SoundPress, type StoredSound } from './ports.js';
import type { Sound } from './sound.js';
import { Upload } from './upload.js';

/** In the thread that asks. */
export class PlainPress extends SoundPress {
  constructor(private readonly objects: ObjectStore) {
    super();
  }

  override async press(sound: Sound, signal: AbortSignal): Promise<StoredSound> {
    return storeSound(this.objects, sound, signal);
  }
}

async function storeSound(
  objects: ObjectStore,
  sound: Sound,
  signal: AbortSignal,
): Promise<StoredSound> {
  const encryption = await atRest(objects);
  const { header, ticks } = sound;
  const keys = recordingKeys(header);
  const upload = (key: string, sizeBytes: number, contentType: string): Upload =>
    new Upload(
      objects,
      { bucket: RECORDINGS_BUCKET, key, sizeBytes, contentType, metadata: encryption },
      signal,
    );
  const one = upload(keys.mono, wavBytes(ticks, 1), 'audio/wav');
  const two = header.stereo ? upload(keys.stereo, wavBytes(ticks, 2), 'audio/wav') : null;
  const peaks = upload(keys.peaks, 2 * ticks, 'application/octet-stream');
  try {
    await one.write(wavHeader(ticks, 1));
    await two?.write(wavHeader(ticks, 2));
    for await (const slice of decodeLanes(sound)) {
      await one.write(bytesOf(mono(slice.caller, slice.agent)));
      await two?.write(bytesOf(stereo(slice.caller, slice.agent)));
      await peaks.write(slice.peaks);
    }
    return {
      mono: await one.done(),
      stereo: two ? await two.done() : null,
      peaks: await peaks.done(),
      durationMs: ticks * FRAME_MS,
    };
  } catch (error) {
    await Promise.all([one, peaks, ...(two ? [two] : [])].map((each) => each.giveUp(error)));
    throw error;
  }
}
