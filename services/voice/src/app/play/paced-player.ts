import { Playback } from '../../domain/play/playback.js';
import { playRules, type PlayFact } from '../../domain/play/play-step.js';
import {
  bytesPerFrame,
  FRAME_MS,
  type AudioFormat,
  type PlayEvent,
  type Player,
} from '../ports/index.js';
import { SoundStore } from './sound-store.js';

/** Where the sound leaves. Never waits: what a slow reader does not take is the wire's business. */
export interface PlayWire {
  readonly markEcho: 'always' | 'sometimes' | 'never';
  sendFrame(frame: Uint8Array): void;
  sendMark(name: string): void;
  sendClear(): void;
  /** What is sent until `uncork` leaves in one piece: a system call costs more than a frame. */
  cork(): void;
  uncork(): void;
}

export interface PacedPlayerParts {
  readonly format: AudioFormat;
  readonly wire: PlayWire;
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly tell: (event: PlayEvent) => void;
  readonly sent: (frame: Uint8Array) => void;
  readonly gap: (durationMs: number) => void;
}

export type Mix = (frame: Uint8Array) => Uint8Array;

/** Below this a gap is a late tick that no ear notices. */
const GAP_MS = 5;
/** A murmur keeps no more ahead than this, so that the first word has little to wait for. */
const MURMUR_LEAD_MS = 40;
const silences = { mulaw: 0xff, alaw: 0xd5, pcm16le: 0 } as const;

/** `Player` by the clock: what leaves is decided in domain/play, the sound itself is kept here. */
export class PacedPlayer implements Player {
  readonly #parts: PacedPlayerParts;
  readonly #playback: Playback;
  readonly #stores = new Map<number, SoundStore>();
  readonly #silence: Uint8Array;
  #tones: Uint8Array[] = [];
  #mix: Mix | null = null;
  #heard = { utterance: Number.NaN, frames: 0 };
  #isHeld = false;

  constructor(parts: PacedPlayerParts) {
    this.#parts = parts;
    this.#playback = new Playback(playRules(parts.wire.markEcho));
    const { encoding } = parts.format;
    this.#silence = new Uint8Array(bytesPerFrame(parts.format)).fill(silences[encoding]);
  }

  get queuedMs(): number {
    return this.#playback.queuedMs;
  }

  play(utterance: number, bytes: Uint8Array): void {
    if (bytes.length === 0 || !this.#playback.begin(utterance)) return;
    const store = this.#storeOf(utterance);
    const heardFrames = this.#heard.utterance === utterance ? this.#heard.frames : 0;
    this.#playback.received(utterance, store.push(bytes, heardFrames));
    this.#pump(this.#parts.nowMs());
  }

  finish(utterance: number): void {
    if (!this.#playback.begin(utterance)) return;
    const fill = silences[this.#parts.format.encoding];
    this.#playback.received(utterance, this.#storeOf(utterance).finish(fill));
    this.#playback.finish(utterance);
    this.#pump(this.#parts.nowMs());
  }

  pause(): { readonly utterance: number; readonly heardMs: number } | null {
    const wasPaused = this.#playback.isPaused;
    const heard = this.#playback.pause(this.#parts.nowMs());
    if (heard !== null && !wasPaused) this.#clear();
    return heard;
  }

  resume(fromMs: number): void {
    this.#playback.resume(fromMs);
    this.#pump(this.#parts.nowMs());
  }

  drop(): void {
    const nowMs = this.#parts.nowMs();
    const isSounding = !this.#playback.isPaused && this.#playback.current !== null;
    this.#playback.drop(nowMs);
    this.#stores.clear();
    if (isSounding) this.#clear();
  }

  /** Frames of their own, played before anything else: digits as tones. */
  insert(frames: readonly Uint8Array[]): void {
    this.#tones.push(...frames);
    this.#pump(this.#parts.nowMs());
  }

  /** Laid under everything, silence too; `null`: none. */
  mixWith(mix: Mix | null): void {
    this.#mix = mix;
  }

  echoed(name: string): void {
    this.#tellAll(this.#playback.echoed(name));
  }

  /** The socket is away. */
  hold(): void {
    this.#isHeld = true;
    this.#playback.hold(this.#parts.nowMs());
  }

  release(): void {
    this.#isHeld = false;
    this.#playback.release();
    this.#pump(this.#parts.nowMs());
  }

  tick(nowMs: number): void {
    this.#tellAll(this.#playback.overdue(nowMs));
    this.#pump(nowMs);
  }

  #pump(nowMs: number): void {
    if (this.#isHeld) return;
    this.#parts.wire.cork();
    this.#pumpTones(nowMs);
    if (this.#tones.length === 0) this.#pumpUtterances(nowMs);
    this.#parts.wire.uncork();
  }

  #pumpUtterances(nowMs: number): void {
    for (let step = this.#playback.next(nowMs); step !== null; step = this.#playback.next(nowMs)) {
      if (step.type === 'mark') {
        this.#parts.wire.sendMark(step.name);
        continue;
      }
      const frame = this.#stores.get(step.utterance)?.frame(step.index);
      if (frame !== undefined) this.#send(frame);
      if (this.#playback.begins(step)) {
        this.#parts.tell({ type: 'play-started', utterance: step.utterance });
      }
      const gapMs = this.#playback.takeGapMs();
      if (gapMs > GAP_MS) this.#parts.gap(gapMs);
    }
    if (this.#mix !== null) this.#murmur(nowMs);
  }

  #pumpTones(nowMs: number): void {
    while (this.#tones.length > 0 && this.#playback.leadMs(nowMs) < MURMUR_LEAD_MS) {
      const frame = this.#tones.shift();
      if (frame !== undefined) this.#send(frame);
      this.#playback.spent(nowMs);
    }
  }

  #murmur(nowMs: number): void {
    while (this.#playback.leadMs(nowMs) < MURMUR_LEAD_MS) {
      this.#send(this.#silence);
      this.#playback.spent(nowMs);
    }
  }

  #send(frame: Uint8Array): void {
    const mixed = this.#mix === null ? frame : this.#mix(frame);
    this.#parts.wire.sendFrame(mixed);
    this.#parts.sent(mixed);
  }

  #clear(): void {
    this.#tones = [];
    if (!this.#isHeld) this.#parts.wire.sendClear();
  }

  #tellAll(facts: readonly PlayFact[]): void {
    for (const fact of facts) {
      if (fact.type === 'played') {
        this.#heard = { utterance: fact.utterance, frames: fact.untilMs / FRAME_MS };
      }
      if (fact.type === 'play-ended') this.#stores.delete(fact.utterance);
      this.#parts.tell(fact);
    }
  }

  #storeOf(utterance: number): SoundStore {
    const known = this.#stores.get(utterance);
    if (known !== undefined) return known;
    const fresh = new SoundStore(bytesPerFrame(this.#parts.format));
    this.#stores.set(utterance, fresh);
    return fresh;
  }
}
