import { performance } from 'node:perf_hooks';

/** The moments a turn's floor is made of. */
export type StampKind =
  | 'stt-speech-started'
  | 'stt-eager-end-of-turn'
  | 'stt-end-of-turn'
  | 'llm-request'
  | 'llm-first-token'
  | 'tts-text'
  | 'tts-first-byte'
  | 'tts-cancel';

export interface Stamp {
  readonly seq: number;
  /** Monotonic, of this process. */
  readonly atMs: number;
  readonly epochMs: number;
  readonly provider: string;
  readonly kind: StampKind;
  /** Request, session or context, as the vendor names it. */
  readonly id: string;
  /** What was heard, asked or said: by it a reader joins the stamps of one turn. */
  readonly text: string;
}

const CAPACITY = 65_536;
const MAX_TEXT = 200;

/** The newest stamps; older ones make room. */
export class Stamps {
  readonly #ring: Stamp[] = [];
  #nextSeq = 1;

  add(stamp: Pick<Stamp, 'provider' | 'kind' | 'id' | 'text'>): void {
    const seq = this.#nextSeq;
    this.#nextSeq += 1;
    const atMs = performance.now();
    const text = stamp.text.slice(0, MAX_TEXT);
    const epochMs = performance.timeOrigin + atMs;
    this.#ring[(seq - 1) % CAPACITY] = { ...stamp, seq, atMs, epochMs, text };
  }

  /** Those after `seq`, oldest first; `dropped` made room before they were read. */
  since(seq: number): { stamps: Stamp[]; next: number; dropped: number } {
    const oldest = Math.max(1, this.#nextSeq - CAPACITY);
    const from = Math.max(seq + 1, oldest);
    const stamps: Stamp[] = [];
    for (let each = from; each < this.#nextSeq; each += 1) {
      const stamp = this.#ring[(each - 1) % CAPACITY];
      if (stamp) stamps.push(stamp);
    }
    return { stamps, next: this.#nextSeq - 1, dropped: Math.max(0, oldest - seq - 1) };
  }
}
