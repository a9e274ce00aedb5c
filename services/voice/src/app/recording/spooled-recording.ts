import { abortable } from '@trunkline/kernel';
import { Lane } from '../../domain/recording/lane.js';
import { segmentKey, SPOOL_BUCKET } from '../../domain/recording/recording-keys.js';
import {
  recordBytes,
  writeRecords,
  type RecordShape,
} from '../../domain/recording/spool-record.js';
import { FRAME_MS, type CallRecording, type RecordingOrder } from '../ports/index.js';
import { atRest } from './at-rest.js';
import type { SpoolFile } from './ports.js';
import { soundOf } from './sound.js';
import { encodeHeader, shapeOf, SPOOL_HEADER_BYTES, type SpoolHeader } from './spool-header.js';
import type { RecorderParts } from './spooled-recorder.js';

const FLUSH_EVERY_MS = 500;
const SYNC_EVERY_MS = 2000;
/** So long a frame may still be put in its right place. */
const OPEN_TICKS = 50;
/** A disk that is so far behind counts as full. */
const MOST_WAITING_TICKS = 1500;

/** One call's two lanes, on their way to its spool file. Nothing here ever waits for the disk. */
export class SpooledRecording implements CallRecording {
  readonly #parts: RecorderParts;
  readonly #order: RecordingOrder;
  readonly #shape: RecordShape;
  readonly #startedAtMs: number;
  readonly #caller = new Lane();
  readonly #agent = new Lane();
  #state: CallRecording['state'] = 'none';
  #file: SpoolFile | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #segmenting: Promise<void> | undefined;
  #syncedAtMs = 0;
  #hasSound = false;
  #segments = 0;

  constructor(parts: RecorderParts, order: RecordingOrder) {
    this.#parts = parts;
    this.#order = order;
    this.#shape = shapeOf(order.format);
    this.#startedAtMs = parts.nowMs();
  }

  get state(): CallRecording['state'] {
    return this.#state === 'truncated' && !this.#hasSound ? 'failed' : this.#state;
  }

  begin(): void {
    if (this.#state !== 'none') return;
    this.#state = 'pending';
    this.#start(() => this.#create());
    this.#timer = setInterval(() => this.#flush(), FLUSH_EVERY_MS);
  }

  heard(frame: Uint8Array): void {
    if (this.#state === 'pending') this.#caller.heard(frame.slice(), this.#tick);
  }

  spoke(frame: Uint8Array): void {
    if (this.#state === 'pending') this.#agent.spoke(frame.slice(), this.#tick);
  }

  cleared(): void {
    this.#agent.clearFrom(this.#tick);
  }

  async finish(signal: AbortSignal): Promise<void> {
    const lastTick = this.#tick;
    clearInterval(this.#timer);
    await this.#writing;
    if (this.#state === 'pending') this.#start(() => this.#writeLast(lastTick));
    await this.#writing;
    await this.#segmenting;
    const file = this.#file;
    if (!file) return;
    const sound = await soundOf(file);
    if (!sound || sound.ticks === 0 || this.state === 'failed') return this.#forget(file);
    const { facts } = this.#order;
    const truncated = this.#state === 'truncated';
    const forget = (): Promise<void> => this.#forget(file);
    const stored = this.#parts.vault.deposit({ sound, facts, truncated, by: 'pod', forget });
    await abortable(stored, signal);
  }

  get #tick(): number {
    return Math.floor((this.#parts.nowMs() - this.#startedAtMs) / FRAME_MS);
  }

  get #name(): string {
    return `${this.#order.tenant}.${this.#order.callId}`;
  }

  get #header(): SpoolHeader {
    const { tenant, callId, correlationId, campaign, format, stereo } = this.#order;
    return { tenant, callId, correlationId, campaign, ...format, stereo };
  }

  #flush(): void {
    if (this.#writing) {
      if (this.#caller.waitingTicks > MOST_WAITING_TICKS)
        this.#truncate(new Error('disk too slow'));
      return;
    }
    this.#start(() => this.#write(this.#tick - OPEN_TICKS));
  }

  /** One after the other: what fails ends the recording and nothing else. */
  #start(work: () => Promise<void>): void {
    this.#writing = work()
      .catch((error: unknown) => this.#truncate(error))
      .finally(() => {
        this.#writing = undefined;
      });
  }

  async #create(): Promise<void> {
    const file = await this.#parts.spool.create(this.#name);
    this.#file = file;
    await file.append(encodeHeader(this.#header));
    await file.sync();
  }

  async #write(untilTick: number): Promise<void> {
    const file = this.#file;
    if (!file || untilTick <= 0) return;
    const lanes = { caller: this.#caller.take(untilTick), agent: this.#agent.take(untilTick) };
    if (lanes.caller.length > 0) {
      await file.append(writeRecords(this.#shape, lanes));
      this.#hasSound = true;
    }
    const nowMs = this.#parts.nowMs();
    if (nowMs - this.#syncedAtMs >= SYNC_EVERY_MS) {
      this.#syncedAtMs = nowMs;
      await file.sync();
    }
    this.#segmenting ??= this.#segment(file).finally(() => {
      this.#segmenting = undefined;
    });
  }

  async #writeLast(tick: number): Promise<void> {
    await this.#write(tick);
    await this.#file?.sync();
  }

  /** What a pod leaves behind that dies with its disk. */
  async #segment(file: SpoolFile): Promise<void> {
    const ticks = Math.floor(this.#parts.segmentMs / FRAME_MS);
    const bytes = ticks * recordBytes(this.#shape);
    const at = SPOOL_HEADER_BYTES + this.#segments * bytes;
    if (file.sizeBytes < at + bytes) return;
    try {
      const sound = await file.read(at, bytes);
      const body = Buffer.concat([encodeHeader(this.#header), sound]);
      const name = segmentKey(this.#order, this.#segments);
      const { objects } = this.#parts;
      const options = { contentType: 'application/octet-stream', metadata: await atRest(objects) };
      await objects.put({ bucket: SPOOL_BUCKET, name }, body, options);
      this.#segments += 1;
    } catch (error) {
      // Tried again at the next flush; the spool has it meanwhile.
      this.#parts.logger.warn('recording.segment-waits', { callId: this.#order.callId, error });
    }
  }

  #truncate(error: unknown): void {
    const { callId, facts } = this.#order;
    if (this.#state === 'truncated') return;
    this.#state = 'truncated';
    clearInterval(this.#timer);
    this.#parts.logger.error('recording.truncated', { callId, error });
    const atMs = Math.max(0, Math.round(this.#parts.nowMs() - this.#startedAtMs));
    const what = { stage: 'recording', provider: null, code: 'recording.truncated' } as const;
    facts.write({ type: 'call.error', data: { ...what, atMs, recovered: true } });
  }

  async #forget(file: SpoolFile): Promise<void> {
    await file.close();
    await this.#parts.spool.remove(this.#name);
  }
}
