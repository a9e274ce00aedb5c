import { isAskingConsent } from '../turn/consent.js';
import { stir, watchSilence } from '../turn/idle.js';
import { playEnded, playStarted } from '../turn/playing.js';
import { endNow, hush, replyFailed } from '../turn/speech.js';
import { step } from '../turn/step.js';
import { takeTurn } from '../turn/take-turn.js';
import { runTools } from '../turn/tools.js';
import { heldBack } from '../turn/transfer.js';
import type { TurnEffect } from '../turn/turn-effect.js';
import type { TurnRules } from '../turn/turn-rules.js';
import { chain, isSpeaking, nothing, type Step, type TurnState } from '../turn/turn-state.js';
import type {
  ConversationEffect,
  ConversationInput,
  ConversationState,
  ConversationStep,
  ModelInput,
  NotAsked,
} from './conversation-state.js';

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
  if (before.turn.over) return [before, []];
  if (before.turn.leaving && input.type !== 'transfer-done') return [before, []];
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
  'model-started': modelStarted,
  'model-sounds': (state, _rules, { replyId }) =>
    withModel(state, playStarted(state.turn, numberOf(state, replyId))),
  'model-heard': modelHeard,
  'model-cut': modelCut,
  'model-asked-tool': (state, _rules, call) => {
    const { id, name, argumentsText } = call;
    return withModel(
      state,
      runTools(state.turn, { text: '', calls: [{ id, name, argumentsText }] }),
    );
  },
  'model-failed': modelFailed,
  'session-back': sessionBack,
  'session-lost': (state) =>
    withModel(state, endNow(state.turn, { reason: 'error_llm', side: 'platform' })),
};

const ofModel: ReadonlySet<string> = new Set(Object.keys(ruleFor));

function isOfModel(input: ConversationInput): input is ModelInput {
  return ofModel.has(input.type);
}

function numberOf(state: ConversationState, replyId: string): number {
  return state.replies.find(({ id }) => id === replyId)?.number ?? 0;
}

/** A last word is not interrupted any more. */
function callerStarted(state: ConversationState): ConversationStep {
  const { turn } = state;
  if (turn.ending) return [state, []];
  const spoken = { ...turn, callerSpeaking: true, cutOff: turn.cutOff || hasSounded(turn) };
  return withModel(state, chain(spoken, stir, hush));
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

/** Row O20: before the caller has answered, nothing but the question is heard. */
function modelStarted(
  state: ConversationState,
  _rules: TurnRules,
  { replyId }: InputOf<'model-started'>,
): ConversationStep {
  const { turn, awaited, replies } = state;
  const [asked, ...later] = awaited;
  const said = turn.speaking.find(({ number }) => number === asked);
  if (!said && (isAskingConsent(turn) || turn.ending)) {
    return [state, [{ do: 'interrupt', replyId }]];
  }
  const number = said?.number ?? turn.lastNumber + 1;
  const kind = said?.kind ?? 'reply';
  const fresh = { number, kind: 'reply', text: null, heardAny: false } as const;
  const next: ConversationState = {
    turn: said ? turn : { ...turn, lastNumber: number, speaking: [...turn.speaking, fresh] },
    awaited: said ? later : awaited,
    replies: [...replies, { id: replyId, number }],
  };
  return [next, [...quiet, { do: 'name-reply', replyId, number, kind }]];
}

const quiet: readonly ConversationEffect[] = [
  { do: 'stop-timer', timer: 'idle' },
  { do: 'stop-timer', timer: 'give-up-idle' },
];

function modelHeard(
  state: ConversationState,
  rules: TurnRules,
  { replyId, text }: InputOf<'model-heard'>,
): ConversationStep {
  const utterance = numberOf(state, replyId);
  const over = { ...state, replies: state.replies.filter(({ id }) => id !== replyId) };
  // Asking for a tool without a word is no turn.
  const turn = text === '' ? asNoise(over.turn, utterance) : over.turn;
  return withModel(over, playEnded(turn, rules, { utterance, text }));
}

function asNoise(turn: TurnState, utterance: number): TurnState {
  const speaking = turn.speaking.map((one) =>
    one.number === utterance ? ({ ...one, kind: 'filler' } as const) : one,
  );
  return { ...turn, speaking };
}

function modelCut(
  state: ConversationState,
  rules: TurnRules,
  { replyId, heardText }: InputOf<'model-cut'>,
): ConversationStep {
  const replies = state.replies.filter(({ id }) => id !== replyId);
  const { turn } = state;
  if (heardText === '') return withModel({ ...state, replies }, watchSilence(turn, rules));
  const history = [...turn.history, { who: 'agent', text: heardText, tools: [] } as const];
  return withModel({ ...state, replies }, watchSilence({ ...turn, history }, rules));
}

function modelFailed(state: ConversationState, rules: TurnRules): ConversationStep {
  const last = state.turn.speaking.at(-1);
  if (!last) return [state, []];
  return withModel(state, replyFailed(state.turn, rules, { reply: last.number, stage: 'llm' }));
}

/** The new session knows what was said; what it was about to say it is told again. */
function sessionBack(state: ConversationState): ConversationStep {
  const { turn, awaited } = state;
  const again = turn.speaking.filter(({ number }) => awaited.includes(number));
  const owed: ConversationEffect[] = again.map(({ number, kind, text }) => {
    return { do: 'say', utterance: number, kind, text: text ?? '' };
  });
  const last = turn.history.at(-1);
  const isUnanswered = last?.who === 'caller' && !isSpeaking(turn) && !turn.callerSpeaking;
  if (isUnanswered) owed.push({ do: 'tell', text: last.text });
  return [state, [{ do: 'use-session' }, ...owed]];
}

/** From what the rules of every call ask for to what this model has to be asked for. */
function withModel(
  state: ConversationState,
  step: Step = nothing(state.turn),
  { answersItself } = { answersItself: true },
): ConversationStep {
  const [turn, effects] = heldBack(step);
  const speaking = new Set(turn.speaking.map(({ number }) => number));
  const said = effects.flatMap((effect) => (effect.do === 'say' ? [effect.utterance] : []));
  const awaited = [...state.awaited, ...said].filter((number) => speaking.has(number));
  const asked = effects.flatMap((effect) => askedOf(state, effect));
  const isThinking = effects.some((effect) => effect.do === 'think');
  const news = isThinking && !answersItself ? newsFor(turn) : [];
  return [{ ...state, turn: { ...turn, reply: null }, awaited }, [...asked, ...news]];
}

function askedOf(state: ConversationState, effect: TurnEffect): ConversationEffect[] {
  if (effect.do === 'cut') {
    const reply = state.replies.find(({ number }) => number === effect.utterance);
    return reply ? [{ do: 'interrupt', replyId: reply.id }] : [];
  }
  if (effect.do === 'set-timer' && effect.timer === 'filler') return [];
  return isNotAsked(effect) ? [] : [effect];
}

const notAsked: ReadonlySet<string> = new Set<NotAsked>([
  ...(['think', 'adopt', 'abandon', 'cut', 'pause', 'resume', 'finalize-hearing'] as const),
]);

function isNotAsked(effect: TurnEffect): effect is Extract<TurnEffect, { readonly do: NotAsked }> {
  return notAsked.has(effect.do);
}

/** A tool's result goes back to the model by itself; keys and notes it has to be told. */
function newsFor({ history }: TurnState): ConversationEffect[] {
  const last = history.at(-1);
  if (last?.who !== 'caller' && last?.who !== 'note') return [];
  return [{ do: 'tell', text: last.text }];
}
