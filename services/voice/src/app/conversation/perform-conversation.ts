import type {
  ConversationEffect,
  ConversationInput,
} from '../../domain/conversation/conversation-state.js';
import { runTool } from '../call/perform.js';
import { transfer } from '../call/transfer.js';
import type { ConversationStages } from './conversation-stages.js';

export interface ConversationStage {
  readonly stages: ConversationStages;
  readonly happen: (input: ConversationInput) => void;
  readonly handOver: () => ConversationInput | undefined;
}

type EffectOf<Do extends ConversationEffect['do']> = Extract<
  ConversationEffect,
  { readonly do: Do }
>;
type Performer<Effect> = (effect: Effect, on: ConversationStage) => ConversationInput | void;

/** Does what the rules ask for; it may answer with what happened because of it. */
export function performConversation(
  effect: ConversationEffect,
  on: ConversationStage,
): ConversationInput | undefined {
  const performer = performers[effect.do] as Performer<ConversationEffect>;
  return performer(effect, on) ?? undefined;
}

const performers: {
  readonly [Do in ConversationEffect['do']]: Performer<EffectOf<Do>>;
} = {
  say: ({ utterance, kind, text }, { stages }) => stages.body.mouth.say(utterance, kind, text),
  cut: ({ utterance }, { stages }) => {
    const { heardText } = stages.body.mouth.cut(utterance);
    stages.parts.recording.cleared();
    return { type: 'was-cut', utterance, heardText };
  },
  remember: ({ text }, { stages }) => stages.session.remember(text),
  'ask-to-say': ({ text }, { stages }) =>
    stages.session.prompt(`Say to the caller, word for word and nothing else: ${text}`),
  'note-deviation': ({ kind }, { stages }) => stages.noteDeviation(kind),
  tell: ({ text }, { stages }) => stages.session.prompt(`Answer the caller. News: ${text}`),
  'use-session': (_effect, { stages }) => stages.session.use(),
  interrupt: ({ replyId }, { stages }) => {
    const { utterance, heardMs, heardText } = stages.replies.cut(replyId);
    stages.parts.recording.cleared();
    stages.session.interrupt(replyId, heardMs);
    return { type: 'was-cut', utterance, heardText };
  },
  'name-reply': ({ replyId, number, kind }, { stages }) =>
    stages.replies.name(replyId, number, kind),
  'hand-over': (_effect, { handOver }) => handOver(),
  'note-lost': (_effect, { stages }) => stages.noteLost(false),
  'run-tools': ({ calls }, { stages, happen }) => {
    for (const call of calls) {
      void runTool(call, {
        stages,
        happen: (input) => {
          // A model that is to hang up would answer the result with one more sentence.
          if (input.type === 'tool-returned' && input.result.action?.kind !== 'hang-up') {
            stages.session.toolReturned(call.id, input.result.text);
          }
          happenOf(input, happen);
        },
      });
    }
  },
  transfer: (wish, { stages, happen }) =>
    void transfer(wish, { stages, happen: (input) => happenOf(input, happen) }),
  'withdraw-transfer': (_effect, { stages }) => stages.parts.leg.withdrawTransfer(),
  'send-digits': ({ digits }, { stages }) => stages.parts.line.sendDigits(digits),
  // The model follows the caller's language by itself.
  'switch-language': () => undefined,
  record: (_effect, { stages }) => stages.parts.recording.begin(),
  'set-timer': ({ timer, afterMs }, { stages }) => stages.body.timers.set(timer, afterMs),
  'stop-timer': ({ timer }, { stages }) => stages.body.timers.stop(timer),
  'note-user-turn': (turn, { stages }) => stages.scribe.userTurn(turn, [], null),
  'note-consent': ({ given, how }, { stages }) => {
    const atMs = stages.parts.nowMs();
    stages.scribe.note({ type: 'call.consent', data: { given, how, atMs } });
  },
  'note-machine': ({ verdict, by }, { stages }) => {
    const atMs = stages.parts.nowMs();
    stages.scribe.note({ type: 'call.machine-detected', data: { verdict, by, atMs } });
  },
  end: () => undefined,
};

type ToolInput = Parameters<Parameters<typeof transfer>[1]['happen']>[0];

/** The model tells by itself that a tool takes long. */
function happenOf(input: ToolInput, happen: ConversationStage['happen']): void {
  if (input.type !== 'tool-slow') happen(input);
}
