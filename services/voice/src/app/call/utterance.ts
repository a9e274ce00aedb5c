import type { SpokenPiece } from '../../domain/text/written-prefix.js';
import type { SpeechKind } from '../../domain/turn/turn-effect.js';
import type { Speaking, Word } from '../ports/index.js';
import type { ProviderModel } from './call-scribe.js';

/** One thing the agent says, from its first word to what was heard of it. */
export interface Utterance {
  readonly number: number;
  readonly kind: SpeechKind;
  readonly speaking: Promise<Speaking>;
  /** Whose voice it is; `null`: the call's own. */
  readonly speaker: ProviderModel | null;
  /** Sound whose turn has not come: of an answer that is only prepared, or behind other words. */
  readonly waiting: Uint8Array[];
  /** Its number with the player, from its first audible sound on. */
  playNumber: number | null;
  /** As it was written. */
  text: string;
  /** Beside it, what the voice was given. */
  readonly said: SpokenPiece[];
  words: Word[];
  soundBytes: number;
  /** Its last sound has come. */
  isFinished: boolean;
  /** Nothing of it may be heard any more. */
  isOver: boolean;
  /** On the clock of the call. */
  firstByteAtMs: number | null;
  startedAtMs: number | null;
  heardMs: number;
}
