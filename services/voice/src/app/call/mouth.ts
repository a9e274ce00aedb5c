import { deferred, type Deferred } from '@trunkline/kernel';
import type { SpokenPiece } from '../../domain/text/written-prefix.js';
import { heardText, resumePoint } from '../../domain/turn/heard-text.js';
import type { SpeechKind } from '../../domain/turn/turn-effect.js';
import {
  bytesPerFrame,
  FRAME_MS,
  type PlayEvent,
  type Player,
  type Speaking,
  type AudioFormat,
} from '../ports/index.js';
import type { Utterance } from './utterance.js';

/** More than this is not fetched ahead of the caller's ear. */
const MOST_QUEUED_MS = 10_000;

export interface MouthParts {
  readonly player: Player;
  readonly format: AudioFormat;
  /** Opens one utterance with whoever speaks for this call now. */
  readonly open: (signal: AbortSignal) => Promise<Speaking>;
  /** Makes text fit to be spoken: numbers, abbreviations, pronunciations. */
  readonly shape: () => TextShaper;
  readonly nowMs: () => number;
  readonly tell: (event: MouthEvent) => void;
  readonly signal: AbortSignal;
}

export interface TextShaper {
  push(text: string): readonly SpokenPiece[];
  end(): readonly SpokenPiece[];
}

export type MouthEvent =
  | { readonly type: 'started'; readonly utterance: Utterance }
  | { readonly type: 'ended'; readonly utterance: Utterance; readonly isCut: boolean }
  | { readonly type: 'failed'; readonly utterance: Utterance; readonly error: unknown };

/** Speaks one utterance after the other, and knows how much of each was heard. */
export class Mouth {
  readonly #parts: MouthParts;
  readonly #utterances = new Map<number, Utterance>();
  /** In the order they are heard: only the first gives its sound to the player. */
  readonly #queue: Utterance[] = [];
  #lastPlayNumber = 0;
  #hasRoom: Deferred<void> | undefined;

  constructor(parts: MouthParts) {
    this.#parts = parts;
  }

  /** A phrase that is known already. */
  say(number: number, kind: SpeechKind, text: string): void {
    const sentence = this.begin(number, { kind, isHeld: false });
    void sentence.say(text).then(() => sentence.end());
  }

  /** Words that are still being thought. Held, its sound waits until `release`. */
  begin(number: number, { kind, isHeld }: { kind: SpeechKind; isHeld: boolean }): Sentence {
    const speaking = this.#parts.open(this.#parts.signal);
    const utterance = this.#add({ ...newUtterance, number, kind, speaking }, isHeld);
    return new Sentence(utterance, this.#parts.shape(), (error) => this.#fail(utterance, error));
  }

  /** Somebody else's voice; its words are added to the utterance as they come. */
  relay(of: Pick<Utterance, 'number' | 'kind' | 'speaker'>, voice: Speaking): Utterance {
    return this.#add({ ...newUtterance, ...of, speaking: Promise.resolve(voice) }, false);
  }

  #add(fresh: Utterance, isHeld: boolean): Utterance {
    const utterance: Utterance = { ...fresh, waiting: [], said: [], words: [] };
    this.#utterances.set(utterance.number, utterance);
    if (!isHeld) this.#queue.push(utterance);
    void this.#listen(utterance);
    return utterance;
  }

  release(number: number): void {
    const utterance = this.#utterances.get(number);
    if (!utterance || this.#queue.includes(utterance)) return;
    this.#queue.push(utterance);
    this.#soundNext();
  }

  /** Silences the carrier now; answers what was heard of what is being spoken. */
  pause(): { readonly utterance: number; readonly heardText: string } | null {
    const paused = this.#parts.player.pause();
    const utterance = paused && this.#playing(paused.utterance);
    if (!paused || !utterance) return null;
    utterance.heardMs = paused.heardMs;
    return { utterance: utterance.number, heardText: this.heardTextOf(utterance) };
  }

  resume(): void {
    const current = [...this.#utterances.values()].find(({ startedAtMs }) => startedAtMs !== null);
    const { player } = this.#parts;
    player.resume(current ? resumePoint(current.words, current.heardMs) : 0);
  }

  /**
   * It is not spoken further, and what the carrier still has of it is thrown away. Answers what was
   * heard of it.
   */
  cut(number: number): { readonly heardMs: number; readonly heardText: string } {
    const utterance = this.#utterances.get(number);
    if (!utterance) return { heardMs: 0, heardText: '' };
    this.#silence(utterance);
    this.#end(utterance, true);
    // A vendor that could not be opened has nothing to cancel, and said so already.
    utterance.speaking.then((speaking) => speaking.cancel()).catch(() => undefined);
    return { heardMs: utterance.heardMs, heardText: this.heardTextOf(utterance).trim() };
  }

  close(): void {
    for (const number of [...this.#utterances.keys()]) this.cut(number);
  }

  heardTextOf(utterance: Utterance): string {
    const soundMs = this.#msOf(utterance.soundBytes);
    return heardText({ ...utterance, soundMs }, utterance.heardMs);
  }

  onPlay(event: PlayEvent): void {
    this.#makeRoom();
    const utterance = this.#playing(event.utterance);
    if (!utterance) return;
    if (event.type === 'play-started') {
      utterance.startedAtMs = this.#parts.nowMs();
      this.#parts.tell({ type: 'started', utterance });
    } else if (event.type === 'played') {
      utterance.heardMs = event.untilMs;
    } else {
      utterance.heardMs = this.#msOf(utterance.soundBytes);
      this.#end(utterance, false);
    }
  }

  async #listen(utterance: Utterance): Promise<void> {
    try {
      const speaking = await utterance.speaking;
      for await (const spoken of speaking.spoken) {
        if (utterance.isOver) return;
        if (spoken.type === 'words') utterance.words.push(...spoken.words);
        else await this.#take(utterance, spoken.bytes);
      }
      if (!utterance.isOver) this.#soundIsComplete(utterance);
    } catch (error) {
      this.#fail(utterance, error);
    }
  }

  async #take(utterance: Utterance, bytes: Uint8Array): Promise<void> {
    utterance.firstByteAtMs ??= this.#parts.nowMs();
    utterance.soundBytes += bytes.byteLength;
    if (this.#queue[0] === utterance) this.#play(utterance, bytes);
    else utterance.waiting.push(bytes);
    while (this.#isAhead(utterance) && !utterance.isOver) {
      this.#hasRoom ??= deferred<void>();
      await this.#hasRoom.promise;
    }
  }

  #isAhead(utterance: Utterance): boolean {
    const isWaiting = utterance.playNumber === null;
    const aheadMs = isWaiting ? this.#msOf(utterance.soundBytes) : this.#parts.player.queuedMs;
    return aheadMs > MOST_QUEUED_MS;
  }

  #makeRoom(): void {
    this.#hasRoom?.resolve();
    this.#hasRoom = undefined;
  }

  /** Its turn has come: what waited of it is heard now. */
  #soundNext(): void {
    const [first] = this.#queue;
    if (!first || first.playNumber !== null) return;
    for (const bytes of first.waiting.splice(0)) this.#play(first, bytes);
    this.#makeRoom();
    if (first.isFinished) this.#finish(first);
  }

  #silence(utterance: Utterance): void {
    if (utterance.playNumber === null) return;
    this.pause();
    this.#parts.player.drop();
  }

  #play(utterance: Utterance, bytes: Uint8Array): void {
    utterance.playNumber ??= this.#lastPlayNumber += 1;
    this.#parts.player.play(utterance.playNumber, bytes);
  }

  #soundIsComplete(utterance: Utterance): void {
    utterance.isFinished = true;
    if (this.#queue[0] === utterance) this.#finish(utterance);
  }

  /** An utterance without a sound is over as soon as it is complete. */
  #finish(utterance: Utterance): void {
    if (utterance.playNumber === null) this.#end(utterance, false);
    else this.#parts.player.finish(utterance.playNumber);
  }

  #end(utterance: Utterance, isCut: boolean): void {
    if (utterance.isOver) return;
    this.#forget(utterance);
    this.#parts.tell({ type: 'ended', utterance, isCut });
    this.#soundNext();
  }

  #fail(utterance: Utterance, error: unknown): void {
    if (utterance.isOver) return;
    this.#silence(utterance);
    this.#forget(utterance);
    this.#parts.tell({ type: 'failed', utterance, error });
    this.#soundNext();
  }

  #forget(utterance: Utterance): void {
    utterance.isOver = true;
    this.#utterances.delete(utterance.number);
    const place = this.#queue.indexOf(utterance);
    if (place !== -1) this.#queue.splice(place, 1);
    this.#makeRoom();
  }

  #playing(playNumber: number): Utterance | undefined {
    return [...this.#utterances.values()].find((one) => one.playNumber === playNumber);
  }

  #msOf(bytes: number): number {
    return Math.round((bytes / bytesPerFrame(this.#parts.format)) * FRAME_MS);
  }
}

const newUtterance = {
  ...{ speaker: null, waiting: [], playNumber: null, text: '', said: [], words: [] },
  ...{
    soundBytes: 0,
    isFinished: false,
    isOver: false,
    firstByteAtMs: null,
    startedAtMs: null,
    heardMs: 0,
  },
};

/** The open end of an utterance: text goes in here. */
export class Sentence {
  constructor(
    readonly utterance: Utterance,
    private readonly shaper: TextShaper,
    private readonly fail: (error: unknown) => void,
  ) {}

  async say(text: string): Promise<void> {
    this.utterance.text += text;
    await this.#speak(this.shaper.push(text));
  }

  async end(): Promise<void> {
    await this.#speak(this.shaper.end());
    if (this.utterance.isOver) return;
    try {
      (await this.utterance.speaking).end();
    } catch (error) {
      this.fail(error);
    }
  }

  async #speak(pieces: readonly SpokenPiece[]): Promise<void> {
    const text = pieces.map(({ spoken }) => spoken).join('');
    this.utterance.said.push(...pieces);
    if (text === '' || this.utterance.isOver) return;
    try {
      await (await this.utterance.speaking).say(text);
    } catch (error) {
      this.fail(error);
    }
  }
}
