import { sameWords } from '../text/same-words.js';
import { isAskingConsent } from '../turn/consent.js';
import { watchSilence } from '../turn/idle.js';
import { playEnded as turnPlayEnded } from '../turn/playing.js';
import { endAfter, endNow, replyFailed } from '../turn/speech.js';
import type { TurnRules } from '../turn/turn-rules.js';
import type { TurnState, Utterance } from '../turn/turn-state.js';
import type {
  ConversationEffect,
  ConversationState,
  ConversationStep,
  ModelInput,
} from './conversation-state.js';
import { withModel } from './with-model.js';

type InputOf<Type extends ModelInput['type']> = Extract<ModelInput, { readonly type: Type }>;

/** Of a reply that the caller must not hear: before a consent, to a mailbox, after the last word. */
function isOutOfPlace(turn: TurnState): boolean {
  const isForMachine = turn.machine === 'waiting-for-beep' || turn.machine === 'message';
  return isAskingConsent(turn) || isForMachine || turn.ending !== null;
}

export function modelStarted(state: ConversationState, replyId: string): ConversationStep {
  const { turn, awaited, replies } = state;
  const [asked, ...later] = awaited;
  const said = turn.speaking.find(({ number }) => number === asked);
  if (!said && isOutOfPlace(turn)) return [state, [{ do: 'interrupt', replyId }]];
  const number = said?.number ?? turn.lastNumber + 1;
  const kind = said?.kind ?? 'reply';
  const fresh = { number, kind: 'reply', text: null, heardAny: false } as const;
  const next: ConversationState = {
    ...state,
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

export function playEnded(
  state: ConversationState,
  rules: TurnRules,
  { utterance, text }: InputOf<'play-ended'>,
): ConversationStep {
  const spoken = state.turn.speaking.find(({ number }) => number === utterance);
  const isModels = isReply(state, utterance);
  if (isModels && text === '' && state.turn.ending?.after === utterance) {
    return silentEnd(state, rules, state.turn.ending);
  }
  const over = { ...state, replies: state.replies.filter(({ number }) => number !== utterance) };
  // Asking for a tool without a word is no turn.
  const turn = text === '' ? asNoise(over.turn, utterance) : over.turn;
  const [next, effects] = withModel(over, turnPlayEnded(turn, rules, { utterance, text }));
  const first = isModels ? deviations(spoken, text) : knowing(text);
  return [next, [...first, ...effects]];
}

/** The model hung up without a word. */
function silentEnd(
  state: ConversationState,
  rules: TurnRules,
  { reason, side }: NonNullable<TurnState['ending']>,
): ConversationStep {
  const turn = { ...state.turn, speaking: [], ending: null };
  const words = rules.phrases.goodbye;
  return withModel({ ...state, replies: [] }, endAfter(turn, { reason, side, words }));
}

/** What the model was to say word for word. */
function deviations(spoken: Utterance | undefined, text: string): ConversationEffect[] {
  const isExact = spoken?.text == null || sameWords(spoken.text, text);
  return isExact ? [] : [{ do: 'note-deviation', kind: spoken.kind }];
}

function knowing(text: string): ConversationEffect[] {
  return text === '' ? [] : [{ do: 'remember', text }];
}

function isReply({ replies }: ConversationState, utterance: number): boolean {
  return replies.some(({ number }) => number === utterance);
}

function asNoise(turn: TurnState, utterance: number): TurnState {
  const speaking = turn.speaking.map((one) =>
    one.number === utterance ? ({ ...one, kind: 'filler' } as const) : one,
  );
  return { ...turn, speaking };
}

export function wasCut(
  state: ConversationState,
  rules: TurnRules,
  { utterance, heardText }: InputOf<'was-cut'>,
): ConversationStep {
  const isModels = isReply(state, utterance);
  const replies = state.replies.filter(({ number }) => number !== utterance);
  const { turn } = state;
  if (heardText === '') return withModel({ ...state, replies }, watchSilence(turn, rules));
  const history = [...turn.history, { who: 'agent', text: heardText, tools: [] } as const];
  const [next, effects] = withModel(
    { ...state, replies },
    watchSilence({ ...turn, history }, rules),
  );
  return [next, [...(isModels ? [] : knowing(heardText)), ...effects]];
}

/**
 * Our own voice is gone. The model says it instead, except the question for consent: a question
 * that may come out in other words is not asked at all.
 */
export function phraseFailed(
  state: ConversationState,
  rules: TurnRules,
  utterance: number,
): ConversationStep {
  const { turn } = state;
  const phrase = turn.speaking.find(({ number }) => number === utterance);
  if (!phrase) return [state, []];
  if (phrase.kind === 'idle' || phrase.kind === 'filler') {
    const speaking = turn.speaking.filter((one) => one !== phrase);
    return withModel(state, watchSilence({ ...turn, speaking }, rules));
  }
  if (phrase.kind === 'consent') {
    return withModel(state, endNow(turn, { reason: 'error_tts', side: 'platform' }));
  }
  if (phrase.text === null) {
    return withModel(state, replyFailed(turn, rules, { reply: utterance, stage: 'tts' }));
  }
  const awaited = [...state.awaited, utterance];
  return [{ ...state, awaited }, [{ do: 'ask-to-say', text: phrase.text }]];
}
