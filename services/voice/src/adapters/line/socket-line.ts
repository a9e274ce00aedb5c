import { Channel } from '@trunkline/kernel';
import { FrameChunker, type MediaMessage, type MediaTraits } from '@trunkline/telephony';
import type { FrameTicker } from '../../app/play/frame-ticker.js';
import { PacedPlayer, type Mix } from '../../app/play/paced-player.js';
import {
  bytesPerFrame,
  type AudioFormat,
  type Line,
  type LineEnd,
  type LineEvent,
  type PlayEvent,
} from '../../app/ports/index.js';
import { digitTones } from './digit-tones.js';
import { EarlyFrames } from './early-frames.js';
import type { MediaWire, WireSink } from './media-wire.js';

export interface SocketLineParts {
  readonly traits: MediaTraits;
  /** Of the carrier; `null` in a browser, whose closing a page is a goodbye. */
  readonly carrierCallId: string | null;
  readonly ticker: FrameTicker;
  readonly nowMs: () => number;
  /** How long a dropped socket may take to come back. */
  readonly graceMs: number;
  readonly mix: Mix | null;
  readonly gap: (durationMs: number) => void;
  readonly dropped: () => void;
  readonly ended: () => void;
}

/** More than a minute of marks: whoever reads so late has lost the call anyway. */
const eventCapacity = 1024;
/** Sound comes 50 times a second as long as there is a socket. */
const SILENT_MS = 1000;
/** Gone on purpose: closed, leaving the page, closed without a reason. */
const goodbyes: readonly number[] = [1000, 1001, 1005];

/** A `Line` over audio sockets: the first one, and those of the same leg that follow a drop. */
export class SocketLine implements Line, WireSink {
  readonly format: AudioFormat;
  readonly carrierCallId: string | null;
  readonly player: PacedPlayer;
  readonly #parts: SocketLineParts;
  readonly #channel = new Channel<LineEvent | PlayEvent>({
    capacity: eventCapacity,
    whenFull: 'drop-oldest',
  });
  readonly #chunker: FrameChunker;
  readonly #heard = new EarlyFrames();
  readonly #sentTo: ((frame: Uint8Array) => void)[] = [];
  readonly #leaveTicker: () => void;
  #wire: MediaWire;
  #grace: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(wire: MediaWire, parts: SocketLineParts) {
    this.#parts = parts;
    this.#wire = wire;
    this.format = formatOf(parts.traits);
    this.carrierCallId = parts.carrierCallId;
    this.#chunker = new FrameChunker(bytesPerFrame(this.format));
    this.player = this.#newPlayer();
    this.player.mixWith(parts.mix);
    this.#leaveTicker = parts.ticker.add((nowMs) => this.player.tick(nowMs));
  }

  get events(): AsyncIterable<LineEvent | PlayEvent> {
    return this.#channel;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  onFrame(listener: (frame: Uint8Array) => void): void {
    this.#heard.add(listener);
  }

  onSent(listener: (frame: Uint8Array) => void): void {
    this.#sentTo.push(listener);
  }

  sendDigits(digits: string): void {
    if (this.#parts.traits.digitsOut === 'wire') this.#wire.send({ type: 'dtmf', digits });
    else this.player.insert(digitTones(digits, this.format));
  }

  close(): void {
    this.#end('closed-by-us');
  }

  /** The same leg is back on another socket. */
  rejoin(wire: MediaWire): void {
    if (this.#hasEnded) return wire.close('call-over');
    clearTimeout(this.#grace);
    this.#grace = undefined;
    this.#chunker.clear();
    this.#wire = wire;
    this.#tell({ type: 'rejoined' });
    this.player.release();
  }

  /** The same leg knocks again: a socket that says nothing any more is a dead one. */
  dropSilent(): void {
    if (this.#hasEnded || this.#grace !== undefined) return;
    if (this.#wire.silentMs(this.#parts.nowMs()) < SILENT_MS) return;
    this.#wire.abandon();
    this.#drop();
  }

  message(message: MediaMessage): void {
    if (this.#hasEnded) return;
    switch (message.type) {
      case 'audio':
        for (const frame of this.#chunker.push(message.bytes)) this.#heard.push(frame);
        return;
      case 'dtmf':
        return this.#tell({ type: 'digit', digit: message.digit });
      case 'mark-played':
        if (!message.flushed) this.player.echoed(message.name);
        return;
      case 'stop':
        return this.#end('hung-up');
      default:
        return;
    }
  }

  closed(code: number): void {
    if (this.#hasEnded) return;
    if (this.#isGoodbye(code)) return this.#end('hung-up');
    this.#drop();
  }

  #drop(): void {
    this.player.hold();
    this.#tell({ type: 'dropped' });
    this.#parts.dropped();
    this.#grace = setTimeout(() => this.#end('lost'), this.#parts.graceMs);
  }

  /** With a `stop` in its protocol, a carrier that only closes has dropped the socket. */
  #isGoodbye(code: number): boolean {
    const { carrierCallId, traits } = this.#parts;
    return (carrierCallId === null || !traits.hasStop) && goodbyes.includes(code);
  }

  #newPlayer(): PacedPlayer {
    const { gap, nowMs, traits } = this.#parts;
    return new PacedPlayer({
      ...{ format: this.format, nowMs, gap },
      wire: {
        markEcho: traits.markEcho,
        sendFrame: (bytes) => this.#wire.send({ type: 'audio', bytes }),
        sendMark: (name) => this.#wire.send({ type: 'mark', name }),
        sendClear: () => this.#wire.send({ type: 'clear' }),
        cork: () => this.#wire.cork(),
        uncork: () => this.#wire.uncork(),
      },
      tell: (event) => this.#tell(event),
      sent: (frame) => {
        for (const listener of this.#sentTo) listener(frame);
      },
    });
  }

  #tell(event: LineEvent | PlayEvent): void {
    this.#channel.offer(event);
  }

  #end(how: LineEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#grace);
    this.#leaveTicker();
    this.player.hold();
    if (this.carrierCallId === null) this.#wire.send({ type: 'stop' });
    this.#wire.close('over');
    this.#tell({ type: 'ended', how });
    this.#channel.close();
    this.#parts.ended();
  }
}

/** Every wire of ours is one of the formats that a line may have; each kit's suite says so. */
export function formatOf(traits: MediaTraits): AudioFormat {
  const { codec: encoding, rateHz } = traits;
  if (rateHz !== 8000 && rateHz !== 16_000 && rateHz !== 24_000) {
    throw new RangeError(`no line has ${rateHz} Hz`);
  }
  return { encoding, rateHz };
}
