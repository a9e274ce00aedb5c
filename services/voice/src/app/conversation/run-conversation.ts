import { Channel } from '@trunkline/kernel';
import {
  firstConversation,
  type ConversationInput,
  type ConversationState,
} from '../../domain/conversation/conversation-state.js';
import {
  conversationStep,
  isOfModel,
  type ConversationHappening,
} from '../../domain/conversation/conversation-step.js';
import { messagesOf } from '../../domain/turn/messages.js';
import type { TurnInput } from '../../domain/turn/turn-input.js';
import type { CallEnded, CallOutcome } from '../call/call-parts.js';
import { runCall, type LiveCall } from '../call/run-call.js';
import type { ConversationParts } from './conversation-parts.js';
import { ConversationStages } from './conversation-stages.js';
import { performConversation } from './perform-conversation.js';

/** A call that cannot keep up with so much is beyond help. */
const MOST_WAITING = 4096;

/**
 * One speech-to-speech call. Sound flows from the line to the model and back by itself;
 * everything else comes through one channel, is judged by `conversationStep`, and carried out.
 * Where the model cannot be had early in the call, it goes on cascaded from where it is.
 */
export function runConversation(parts: ConversationParts): LiveCall {
  const conversation = new RunningConversation(parts);
  return {
    ended: conversation.conduct(),
    happen: (input) => conversation.happenOutside(input),
  };
}

type Outside = Extract<
  ConversationInput,
  { readonly type: 'end-now' | 'end-politely' | 'machine' }
>;

class RunningConversation {
  readonly #parts: ConversationParts;
  readonly #inputs = new Channel<ConversationHappening>({
    capacity: MOST_WAITING,
    whenFull: 'refuse',
  });
  readonly #stages: ConversationStages;
  #state: ConversationState = firstConversation;
  #outcome: CallOutcome = { reason: 'error_unknown', side: 'platform' };
  #successor: LiveCall | undefined;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#stages = new ConversationStages(parts, (input) => this.#happen(input));
    this.#happen({ type: 'joined' });
  }

  /** From outside a call is only told how to end, and who has answered. */
  happenOutside(input: TurnInput): void {
    if (this.#successor) this.#successor.happen(input);
    else if (isFromOutside(input)) this.#happen(input);
  }

  async conduct(): Promise<CallEnded> {
    try {
      for await (const happening of this.#inputs) {
        this.#advance(happening);
        if (this.#state.turn.over) break;
      }
    } catch (error) {
      this.#parts.log('call.failed', { error });
    }
    return this.#successor ? this.#successor.ended : this.#finish();
  }

  #happen(input: ConversationInput): void {
    if (this.#successor) return this.#passOn(input);
    const isTaken = this.#inputs.offer({ atMs: this.#parts.nowMs(), input });
    if (!isTaken) this.#inputs.close();
  }

  /** What comes of an effect at once is judged before anything that waits in the channel. */
  #advance(happening: ConversationHappening): void {
    if (this.#successor) return this.#passOn(happening.input);
    const [next, effects] = conversationStep(this.#state, happening, this.#parts.rules);
    this.#state = next;
    this.#stages.history = messagesOf(next.turn, '').slice(1);
    for (const effect of effects) {
      if (effect.do === 'end') this.#outcome = effect;
      const answer = performConversation(effect, {
        stages: this.#stages,
        happen: (input) => this.#happen(input),
        handOver: () => this.#handOver(),
      });
      if (answer) this.#advance({ atMs: happening.atMs, input: answer });
    }
  }

  /** The line, the mouth with what it is saying, the clocks and the notes stay. */
  #handOver(): ConversationInput | undefined {
    const { body, session } = this.#stages;
    try {
      const cascaded = this.#parts.cascaded();
      this.#stages.noteLost(true);
      this.#stages.leave();
      const { turn: state } = this.#state;
      this.#successor = runCall(cascaded, { body, state, unheard: session.takeKept() });
    } catch (error) {
      this.#parts.log('call.not-cascaded', { error });
      return { type: 'nobody-else' };
    }
    // What waits is passed on before the channel is at its end.
    this.#inputs.close();
    return undefined;
  }

  #passOn(input: ConversationInput): void {
    if (!isOfModel(input)) this.#successor?.happen(input);
  }

  /** In this order: nobody speaks any more, the log knows, the recording follows. */
  #finish(): CallEnded {
    const { scribe } = this.#stages;
    const { recording, nowMs } = this.#parts;
    const { reason, side } = this.#outcome;
    const durationMs = nowMs();
    this.#stages.close();
    const ended: CallEnded = {
      ...{ reason, side, detail: '', durationMs },
      ...scribe.sums(),
      recording: recording.state,
    };
    scribe.note({ type: 'call.ended', data: ended });
    return ended;
  }
}

function isFromOutside(input: TurnInput): input is Outside {
  return input.type === 'end-now' || input.type === 'end-politely' || input.type === 'machine';
}
