import { Channel } from '@trunkline/kernel';
import {
  bytesPerFrame,
  FRAME_MS,
  phoneFormat,
  type AudioFormat,
  type Line,
  type LineEnd,
  type LineEvent,
  type PlayEvent,
} from '../../src/app/ports/index.js';
import { FakePlayer } from './fake-player.js';

export interface FakeLineOptions {
  readonly format?: AudioFormat;
  readonly carrierCallId?: string | null;
}

type FrameListener = (frame: Uint8Array) => void;

/**
 * A telephone line on a clock of its own: time passes only by `advance`. What the runtime plays is
 * heard by a caller who echoes every mark the moment it was played.
 */
export class FakeLine implements Line {
  readonly format: AudioFormat;
  readonly carrierCallId: string | null;
  readonly player: FakePlayer;
  /** Every 20 ms that was played to the caller, in order. */
  readonly sent: Uint8Array[] = [];
  readonly sentDigits: string[] = [];
  /** `null` while it is open; the fake never ends by itself. */
  ended: LineEnd | null = null;
  nowMs = 0;
  readonly #channel = new Channel<LineEvent | PlayEvent>({
    capacity: 4096,
    whenFull: 'drop-oldest',
  });
  readonly #heardBy: FrameListener[] = [];
  readonly #sentTo: FrameListener[] = [];

  constructor(options: FakeLineOptions = {}) {
    this.format = options.format ?? phoneFormat;
    this.carrierCallId = options.carrierCallId === undefined ? 'CA-fake' : options.carrierCallId;
    this.player = new FakePlayer({
      frameBytes: bytesPerFrame(this.format),
      tell: (event) => this.#tell(event),
      sent: (frame) => this.#sent(frame),
    });
  }

  get events(): AsyncIterable<LineEvent | PlayEvent> {
    return this.#channel;
  }

  get isClosed(): boolean {
    return this.ended !== null;
  }

  onFrame(listener: FrameListener): void {
    this.#heardBy.push(listener);
  }

  onSent(listener: FrameListener): void {
    this.#sentTo.push(listener);
  }

  sendDigits(digits: string): void {
    this.sentDigits.push(digits);
  }

  close(): void {
    this.#end('closed-by-us');
  }

  /** The caller makes this sound, in the line's own encoding, as time passes. */
  speak(frames: readonly Uint8Array[]): void {
    for (const frame of frames) {
      for (const listener of this.#heardBy) listener(frame);
      this.advance(FRAME_MS);
    }
  }

  /** The caller says nothing that long. */
  silence(durationMs: number): void {
    const frame = new Uint8Array(bytesPerFrame(this.format)).fill(this.#silence);
    this.speak(Array.from({ length: Math.ceil(durationMs / FRAME_MS) }, () => frame));
  }

  /** Lets time pass with nothing heard from the caller. */
  advance(durationMs: number): void {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= FRAME_MS) {
      this.nowMs += FRAME_MS;
      this.player.tick();
    }
  }

  press(digits: string): void {
    for (const digit of digits) this.#tell({ type: 'digit', digit });
  }

  dropSocket(): void {
    this.player.hold();
    this.#tell({ type: 'dropped' });
  }

  rejoin(): void {
    this.#tell({ type: 'rejoined' });
    this.player.release();
  }

  hangUp(): void {
    this.#end('hung-up');
  }

  lose(): void {
    this.#end('lost');
  }

  get #silence(): number {
    if (this.format.encoding === 'pcm16le') return 0;
    return this.format.encoding === 'mulaw' ? 0xff : 0xd5;
  }

  #sent(frame: Uint8Array): void {
    this.sent.push(frame);
    for (const listener of this.#sentTo) listener(frame);
  }

  #tell(event: LineEvent | PlayEvent): void {
    this.#channel.offer(event);
  }

  #end(how: LineEnd): void {
    if (this.ended !== null) return;
    this.ended = how;
    this.#tell({ type: 'ended', how });
    this.#channel.close();
  }
}
