import { convertAudio, type AudioConverter } from '@trunkline/telephony';
import { heardText } from '../../domain/turn/heard-text.js';
import type { SpeechKind } from '../../domain/turn/turn-effect.js';
import {
  bytesPerFrame,
  FRAME_MS,
  type AudioFormat,
  type Line,
  type PlayEvent,
  type Usage,
} from '../ports/index.js';

/** One reply of the model, from its first sound to what was heard of it. */
export interface SpokenReply {
  readonly id: string;
  readonly playNumber: number;
  readonly converter: AudioConverter;
  readonly words: [];
  kind: SpeechKind;
  text: string;
  soundBytes: number;
  usage: Usage | null;
  firstByteAtMs: number | null;
  startedAtMs: number | null;
  heardMs: number;
}

export type ReplyEvent =
  | { readonly type: 'sounds'; readonly reply: SpokenReply }
  | {
      readonly type: 'over';
      readonly reply: SpokenReply;
      readonly heardText: string;
      readonly isCut: boolean;
    };

export interface ReplyVoiceParts {
  readonly line: Pick<Line, 'player' | 'format'>;
  readonly speaks: AudioFormat;
  readonly nowMs: () => number;
  readonly tell: (event: ReplyEvent) => void;
}

/** Plays the model's replies to the line, and knows how much of each was heard. */
export class ReplyVoice {
  readonly #parts: ReplyVoiceParts;
  readonly #replies = new Map<string, SpokenReply>();
  #lastPlayNumber = 0;

  constructor(parts: ReplyVoiceParts) {
    this.#parts = parts;
  }

  begin(id: string): void {
    const { speaks, line } = this.#parts;
    this.#lastPlayNumber += 1;
    this.#replies.set(id, {
      ...{ id, playNumber: this.#lastPlayNumber, kind: 'reply', text: '', words: [] },
      converter: convertAudio(speaks, line.format),
      ...{ soundBytes: 0, usage: null, firstByteAtMs: null, startedAtMs: null, heardMs: 0 },
    });
  }

  name(id: string, kind: SpeechKind): void {
    const reply = this.#replies.get(id);
    if (reply) reply.kind = kind;
  }

  /** What comes of a reply that was cut off is not heard. */
  sound(id: string, bytes: Uint8Array): void {
    const reply = this.#replies.get(id);
    if (!reply) return;
    const { line, nowMs } = this.#parts;
    const sound = reply.converter.convert(bytes);
    reply.firstByteAtMs ??= nowMs();
    reply.soundBytes += sound.byteLength;
    line.player.play(reply.playNumber, sound);
  }

  words(id: string, text: string): void {
    const reply = this.#replies.get(id);
    if (reply) reply.text += text;
  }

  /** No more will come of it; without any sound it is over. */
  complete(id: string, usage: Usage | null): void {
    const reply = this.#replies.get(id);
    if (!reply) return;
    reply.usage = usage;
    if (reply.soundBytes === 0) this.#over(reply, '', false);
    else this.#parts.line.player.finish(reply.playNumber);
  }

  /** The session is gone: what has come of its replies is still spoken. */
  completeAll(): void {
    for (const id of [...this.#replies.keys()]) this.complete(id, null);
  }

  /** Silence at once; answers how much of it was heard. */
  cut(id: string): { readonly heardMs: number; readonly heardText: string } {
    const { player } = this.#parts.line;
    const reply = this.#replies.get(id);
    if (!reply) return { heardMs: 0, heardText: '' };
    const paused = player.pause();
    if (paused?.utterance === reply.playNumber) reply.heardMs = paused.heardMs;
    player.drop();
    const heard = this.#heardTextOf(reply);
    this.#over(reply, heard, true);
    return { heardMs: reply.heardMs, heardText: heard };
  }

  onPlay(event: PlayEvent): void {
    const reply = [...this.#replies.values()].find((one) => one.playNumber === event.utterance);
    if (!reply) return;
    if (event.type === 'play-started') {
      reply.startedAtMs = this.#parts.nowMs();
      this.#parts.tell({ type: 'sounds', reply });
    } else if (event.type === 'played') {
      reply.heardMs = event.untilMs;
    } else {
      reply.heardMs = this.#soundMs(reply);
      this.#over(reply, reply.text, false);
    }
  }

  #over(reply: SpokenReply, heard: string, isCut: boolean): void {
    this.#replies.delete(reply.id);
    this.#parts.tell({ type: 'over', reply, heardText: heard.trim(), isCut });
  }

  #heardTextOf(reply: SpokenReply): string {
    return heardText({ ...reply, said: [], soundMs: this.#soundMs(reply) }, reply.heardMs);
  }

  #soundMs({ soundBytes }: SpokenReply): number {
    return Math.round((soundBytes / bytesPerFrame(this.#parts.line.format)) * FRAME_MS);
  }
}
