import { performance } from 'node:perf_hooks';
import type { Caller } from '../../phone/caller.js';
import type { Frame, Utterance } from '../../phone/frames.js';
import type { Ticker } from '../../phone/ticker.js';
import { Playout } from './playout.js';

/** The audio socket, while there is one. */
export interface Link {
  say(frame: Frame): void;
  markPlayed(name: string): void;
}

/** An answered call's sound: the person on one side, the carrier's playout on the other. */
export class Leg {
  readonly caller: Caller;
  readonly #playout = new Playout();
  readonly #leave: () => void;
  #link: Link | undefined;

  constructor(caller: Caller, ticker: Ticker) {
    this.caller = caller;
    this.#leave = ticker.join((nowMs) => this.#tick(nowMs));
  }

  attach(link: Link): void {
    this.#link = link;
  }

  /** Only who is attached: a socket may close when two legs are joined already. */
  detach(link: Link): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#playout.clear();
  }

  play(audio: Uint8Array): void {
    this.caller.audioArrived(audio, performance.now());
    this.#playout.push(audio);
  }

  mark(name: string): void {
    this.#playout.mark(name);
  }

  clear(): readonly string[] {
    this.caller.audioCleared(performance.now());
    return this.#playout.clear();
  }

  /** What the carrier itself says to the caller; lasts as long as the words. */
  playUtterance(utterance: Utterance): number {
    for (const frame of utterance.frames) this.#playout.push(frame.bytes);
    return utterance.frames.length * 20;
  }

  close(): void {
    this.#leave();
    this.#link = undefined;
  }

  #tick(nowMs: number): void {
    const { audio, marks } = this.#playout.next();
    for (const mark of marks) this.#link?.markPlayed(mark);
    const said = this.caller.frame(audio, nowMs);
    this.#link?.say(said);
  }
}
