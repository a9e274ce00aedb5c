import { step } from '../turn/step.js';
import { stir, watchSilence } from '../turn/idle.js';
import { hush, replyFailed } from '../turn/speech.js';
import { takeTurn } from '../turn/take-turn.js';
import { runTools } from '../turn/tools.js';
import type { TurnRules } from '../turn/turn-rules.js';
import { chain, type TurnState } from '../turn/turn-state.js';
import type {
  ConversationInput,
  ConversationState,
  ConversationStep,
  ModelInput,
} from './conversation-state.js';
import { modelStarted, phraseFailed, playEnded, wasCut } from './model-speech.js';
import { nobodyElse, sessionBack, sessionLost } from './session-rules.js';
import { withModel } from './with-model.js';

export interface ConversationHappening {
  readonly atMs: number;
  readonly input: ConversationInput;
}

/**
 * Turn-taking with a model that hears and speaks by itself: what is said of consent, silence,
 * endings and tools are the rules of every call; only whose turn it is the model decides.
 */
export function conversationStep(
  before: ConversationState,
  { atMs, input }: ConversationHappening,
  rules: TurnRules,
): ConversationStep {
  const isDone = before.turn.over || (before.isHandedOver && input.type !== 'nobody-else');
  const isLeaving = before.turn.leaving && input.type !== 'transfer-done';
  if (isDone || isLeaving) return [before, []];
  const now = { ...before, turn: { ...before.turn, nowMs: atMs } };
  if (!isOfModel(input)) {
    return withModel(now, step(now.turn, { atMs, input }, rules), { answersItself: false });
  }
  const rule = ruleFor[input.type] as Rule;
  return rule(now, rules, input);
}

type InputOf<Type extends ModelInput['type']> = Extract<ModelInput, { readonly type: Type }>;
type Rule<Input = ModelInput> = (
  state: ConversationState,
  rules: TurnRules,
  input: Input,
) => ConversationStep;

const ruleFor: { readonly [Type in ModelInput['type']]: Rule<InputOf<Type>> } = {
  'caller-started': callerStarted,
  'caller-stopped': (state, rules) =>
    withModel(state, watchSilence({ ...state.turn, callerSpeaking: false }, rules)),
  'caller-said': callerSaid,
  'model-started': (state, _rules, { replyId }) => modelStarted(state, replyId),
  'play-ended': playEnded,
  'was-cut': wasCut,
  'model-asked-tool': (state, _rules, { id, name, argumentsText }) =>
    withModel(state, runTools(state.turn, { text: '', calls: [{ id, name, argumentsText }] })),
  'model-failed': modelFailed,
  'phrase-failed': (state, rules, { utterance }) => phraseFailed(state, rules, utterance),
  'session-back': (state) => sessionBack(state),
  'session-lost': sessionLost,
  'nobody-else': nobodyElse,
};

const ofModel: ReadonlySet<string> = new Set(Object.keys(ruleFor));

export function isOfModel(input: { readonly type: string }): input is ModelInput {
  return ofModel.has(input.type);
}

/** Nothing is told of what the caller says until it is over; its end may get lost. */
const longest = { do: 'set-timer', timer: 'listening', afterMs: 60_000 } as const;

/** A last word is not interrupted any more. */
function callerStarted(state: ConversationState): ConversationStep {
  const { turn } = state;
  if (turn.ending) return [state, []];
  const spoken = { ...turn, callerSpeaking: true, cutOff: turn.cutOff || hasSounded(turn) };
  return withModel(
    state,
    chain(spoken, stir, hush, (next) => [next, [longest]]),
  );
}

function hasSounded({ speaking }: TurnState): boolean {
  return speaking.some(({ heardAny }) => heardAny);
}

/** The model answers by itself, also when what it heard is written down only afterwards. */
function callerSaid(
  state: ConversationState,
  rules: TurnRules,
  { text }: InputOf<'caller-said'>,
): ConversationStep {
  if (text === '' || state.turn.ending) return [state, []];
  const turn = { text, language: null, digits: null };
  const taken = chain(
    state.turn,
    (next) => takeTurn(next, rules, turn),
    (next) => watchSilence({ ...next, reply: null }, rules),
  );
  return withModel(state, taken, { answersItself: true });
}

function modelFailed(state: ConversationState, rules: TurnRules): ConversationStep {
  const failed = state.replies.at(-1);
  if (!failed) return [state, []];
  return withModel(state, replyFailed(state.turn, rules, { reply: failed.number, stage: 'llm' }));
}
