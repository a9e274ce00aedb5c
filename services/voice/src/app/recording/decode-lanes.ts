import { decodeALaw, decodeMuLaw, Resampler, samplesOf } from '@trunkline/telephony';
import { peakOf } from '../../domain/recording/mix.js';
import { laneOf } from '../../domain/recording/spool-record.js';
import { WAV_RATE_HZ } from '../../domain/recording/wav.js';
import type { AudioFormat } from '../ports/index.js';
import type { Sound } from './sound.js';
import { shapeOf } from './spool-header.js';

/** A fifth of a second takes well under a millisecond: live calls wait for no more than that. */
const SLICE_TICKS = 10;

export interface Slice {
  readonly caller: Int16Array;
  readonly agent: Int16Array;
  /** Two bytes a tick: caller, agent. */
  readonly peaks: Uint8Array;
}

/** Both lanes at 16 kHz, slice by slice, with a turn of the event loop between two of them. */
export async function* decodeLanes(sound: Sound): AsyncGenerator<Slice> {
  const shape = shapeOf(sound.header);
  const { rateHz } = sound.header;
  const lanes = [0, 1].map(() => new Resampler({ fromHz: rateHz, toHz: WAV_RATE_HZ }));
  const [callerLane, agentLane] = lanes as [Resampler, Resampler];
  const ticksARead = SLICE_TICKS * 50;
  for (let from = 0; from < sound.ticks; from += ticksARead) {
    const read = await sound.read(from, Math.min(ticksARead, sound.ticks - from));
    const sliceBytes = SLICE_TICKS * 2 * shape.frameBytes;
    for (let at = 0; at < read.length; at += sliceBytes) {
      const records = read.subarray(at, at + sliceBytes);
      const caller = samplesIn(sound.header, laneOf(shape, records, 0));
      const agent = samplesIn(sound.header, laneOf(shape, records, 1));
      const peaks = peaksOf({ caller, agent }, rateHz / 50);
      yield { caller: callerLane.push(caller), agent: agentLane.push(agent), peaks };
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}

function samplesIn({ encoding }: AudioFormat, bytes: Uint8Array): Int16Array {
  if (encoding === 'pcm16le') return samplesOf(bytes);
  const pcm = new Int16Array(bytes.length);
  if (encoding === 'mulaw') decodeMuLaw(bytes, pcm);
  else decodeALaw(bytes, pcm);
  return pcm;
}

function peaksOf(
  { caller, agent }: { readonly caller: Int16Array; readonly agent: Int16Array },
  samplesATick: number,
): Uint8Array {
  const ticks = caller.length / samplesATick;
  const peaks = new Uint8Array(2 * ticks);
  for (let tick = 0; tick < ticks; tick += 1) {
    const [from, to] = [tick * samplesATick, (tick + 1) * samplesATick];
    peaks[2 * tick] = peakOf(caller.subarray(from, to));
    peaks[2 * tick + 1] = peakOf(agent.subarray(from, to));
  }
  return peaks;
}
