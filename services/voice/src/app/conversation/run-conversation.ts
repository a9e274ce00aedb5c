import { Channel } from '@trunkline/kernel';
import {
  firstConversation,
  type ConversationInput,
  type ConversationState,
} from '../../domain/conversation/conversation-state.js';
import {
  conversationStep,
  type ConversationHappening,
} from '../../domain/conversation/conversation-step.js';
import { messagesOf } from '../../domain/turn/messages.js';
import type { CallEnded, CallOutcome } from '../call/call-parts.js';
import type { LiveCall } from '../call/run-call.js';
import type { ConversationParts } from './conversation-parts.js';
import { ConversationStages } from './conversation-stages.js';
import { performConversation } from './perform-conversation.js';

/** A call that cannot keep up with so much is beyond help. */
const MOST_WAITING = 4096;

/**
 * One speech-to-speech call. Sound flows from the line to the model and back by itself;
 * everything else comes through one channel, is judged by `conversationStep`, and carried out.
 */
export function runConversation(parts: ConversationParts): LiveCall {
  const inputs = new Channel<ConversationHappening>({
    capacity: MOST_WAITING,
    whenFull: 'refuse',
  });
  const happen = (input: ConversationInput): void => {
    const isTaken = inputs.offer({ atMs: parts.nowMs(), input });
    if (!isTaken) inputs.close();
  };
  const stages = new ConversationStages(parts, happen);
  happen({ type: 'joined' });
  return {
    ended: conduct(stages, inputs, happen),
    happen: (input) => {
      // From outside a call is only told how to end, and who has answered.
      if (isFromOutside(input)) happen(input);
    },
  };
}

type Outside = Extract<
  ConversationInput,
  { readonly type: 'end-now' | 'end-politely' | 'machine' }
>;

function isFromOutside(input: Parameters<LiveCall['happen']>[0]): input is Outside {
  return input.type === 'end-now' || input.type === 'end-politely' || input.type === 'machine';
}

async function conduct(
  stages: ConversationStages,
  inputs: Channel<ConversationHappening>,
  happen: (input: ConversationInput) => void,
): Promise<CallEnded> {
  let outcome: CallOutcome = { reason: 'error_unknown', side: 'platform' };
  let state: ConversationState = firstConversation;
  /** What comes of an effect at once is judged before anything that waits in the channel. */
  const advance = (happening: ConversationHappening): void => {
    const [next, effects] = conversationStep(state, happening, stages.parts.rules);
    state = next;
    stages.history = messagesOf(state.turn, '').slice(1);
    for (const effect of effects) {
      if (effect.do === 'end') outcome = effect;
      const answer = performConversation(effect, { stages, happen });
      if (answer) advance({ atMs: happening.atMs, input: answer });
    }
  };
  try {
    for await (const happening of inputs) {
      advance(happening);
      if (state.turn.over) break;
    }
  } catch (error) {
    stages.parts.log('call.failed', { error });
  }
  return finish(stages, outcome);
}

/** In this order: nobody speaks any more, the log knows, the recording follows. */
function finish(stages: ConversationStages, { reason, side }: CallOutcome): CallEnded {
  const { parts, scribe } = stages;
  const durationMs = parts.nowMs();
  stages.close();
  const ended: CallEnded = {
    ...{ reason, side, detail: '', durationMs },
    ...scribe.sums(),
    recording: parts.recording.state,
  };
  scribe.note({ type: 'call.ended', data: ended });
  return ended;
}
