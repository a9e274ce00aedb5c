import { Channel } from '@trunkline/kernel';
import type { AudioConverter } from '@trunkline/telephony';
import type { Utterance } from '../call/utterance.js';
import type { Speaking, Spoken, Usage } from '../ports/index.js';

/** Some minutes of sound, sent faster than it is played. */
const MOST_PIECES = 8192;

/** One reply of the model, as the mouth speaks it. Its words and sound come by themselves. */
export class ModelReply implements Speaking {
  readonly #sound = new Channel<Spoken>({ capacity: MOST_PIECES, whenFull: 'refuse' });
  readonly #converter: AudioConverter;
  #textBefore = '';
  /** Once the turn-taking knows it. */
  utterance: Utterance | undefined;
  usage: Usage | null = null;
  /** Nobody is to hear it. */
  isDropped = false;
  /** Whether its price is in the cost of the call. */
  isCounted = false;

  constructor(
    readonly id: string,
    converter: AudioConverter,
  ) {
    this.#converter = converter;
  }

  get spoken(): AsyncIterable<Spoken> {
    return this.#sound;
  }

  beginAs(utterance: Utterance): void {
    this.utterance = utterance;
    utterance.text = this.#textBefore;
  }

  sound(bytes: Uint8Array): void {
    this.#sound.offer({ type: 'audio', bytes: this.#converter.convert(bytes).slice() });
  }

  words(text: string): void {
    if (this.utterance) this.utterance.text += text;
    else this.#textBefore += text;
  }

  /** No more will come of it. */
  end(): void {
    this.#sound.close();
  }

  cancel(): void {
    this.#sound.close();
  }

  flush(): void {
    // Sound is passed on as it comes.
  }

  say(): Promise<void> {
    return Promise.reject(new TypeError('the model speaks for itself'));
  }
}
