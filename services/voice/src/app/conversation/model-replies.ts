import type { AudioConverter } from '@trunkline/telephony';
import type { SpeechKind } from '../../domain/turn/turn-effect.js';
import type { ProviderModel } from '../call/call-scribe.js';
import type { Mouth } from '../call/mouth.js';
import type { Usage } from '../ports/index.js';
import { ModelReply } from './model-reply.js';

export interface ModelRepliesParts {
  readonly mouth: Mouth;
  readonly speaker: ProviderModel;
  /** From the model's sound to the line's; each reply has its own. */
  readonly converter: () => AudioConverter;
  /** The price of a reply whose turn is in the log already, or that never had one. */
  readonly tooLate: (usage: Usage) => void;
}

export interface CutReply {
  readonly utterance: number;
  readonly heardMs: number;
  readonly heardText: string;
}

/** What the model is saying: by its own names, and by the numbers of the turn-taking. */
export class ModelReplies {
  readonly #parts: ModelRepliesParts;
  /** Until the vendor has ended them: the price comes last. */
  readonly #open = new Map<string, ModelReply>();
  /** Ended by the vendor before the turn-taking has come to them. */
  readonly #ended = new Map<string, ModelReply>();
  /** Until they were heard or cut. */
  readonly #spoken = new Map<number, ModelReply>();

  constructor(parts: ModelRepliesParts) {
    this.#parts = parts;
  }

  begin(id: string): void {
    this.#open.set(id, new ModelReply(id, this.#parts.converter()));
  }

  get(id: string): ModelReply | undefined {
    return this.#open.get(id);
  }

  of(utterance: number): ModelReply | undefined {
    return this.#spoken.get(utterance);
  }

  /** Its turn to be heard comes after what the mouth has still to say. */
  name(id: string, number: number, kind: SpeechKind): void {
    const reply = this.#open.get(id) ?? this.#ended.get(id);
    this.#ended.delete(id);
    if (!reply) return;
    this.#spoken.set(number, reply);
    const { mouth, speaker } = this.#parts;
    reply.beginAs(mouth.relay({ number, kind, speaker }, reply));
  }

  end(id: string, usage: Usage | null): void {
    const reply = this.#open.get(id);
    this.#open.delete(id);
    if (!reply) return;
    reply.usage = usage;
    reply.end();
    if (reply.utterance?.isOver === true || reply.isDropped) this.#countLate(reply);
    else if (!reply.utterance) this.#ended.set(id, reply);
  }

  /** The session is gone: what has come of its replies is still spoken. */
  endAll(): void {
    for (const id of [...this.#open.keys()]) this.end(id, null);
  }

  over(reply: ModelReply): void {
    if (reply.utterance) this.#spoken.delete(reply.utterance.number);
  }

  /** Silence at once; answers how much of it was heard, and under which number. */
  cut(id: string): CutReply {
    const reply = this.#open.get(id) ?? this.#ended.get(id) ?? this.#byName(id);
    this.#ended.delete(id);
    const utterance = reply?.utterance;
    if (!reply || !utterance) {
      if (reply) this.#drop(reply);
      return { utterance: 0, heardMs: 0, heardText: '' };
    }
    return { utterance: utterance.number, ...this.#parts.mouth.cut(utterance.number) };
  }

  #byName(id: string): ModelReply | undefined {
    return [...this.#spoken.values()].find((reply) => reply.id === id);
  }

  #drop(reply: ModelReply): void {
    reply.isDropped = true;
    reply.cancel();
    this.#countLate(reply);
  }

  #countLate(reply: ModelReply): void {
    if (reply.isCounted || !reply.usage) return;
    reply.isCounted = true;
    this.#parts.tooLate(reply.usage);
  }
}
