import { answerConsent, isAskingConsent } from './consent.js';
import { meetGreeting } from './machine.js';
import { stir, watchSilence } from './idle.js';
import { abandonReply, fillerTimer, replyFailed, replySpeaks, think } from './speech.js';
import { runTools } from './tools.js';
import type { TurnRules } from './turn-rules.js';
import { chain, isSpeaking, noWords, nothing, type Step, type TurnState } from './turn-state.js';
import { sameWords } from '../text/same-words.js';

export interface CallerTurn {
  readonly text: string;
  readonly language: string | null;
  readonly digits: string | null;
}

/** The caller has said all they wanted to: now it is the agent's turn. */
export function takeTurn(state: TurnState, rules: TurnRules, turn: CallerTurn): Step {
  return chain(
    { ...state, callerSpeaking: false, ...noWords, waitingText: '', toolRounds: 0 },
    stir,
    (next) => noteTurn(next, turn),
    (next) => switchLanguage(next, rules, turn.language),
    (next) => answer(next, rules, turn),
    (next) => nothing({ ...next, owesAnswer: false }),
  );
}

function noteTurn(state: TurnState, { text, language, digits }: CallerTurn): Step {
  const history = [...state.history, { who: 'caller', text } as const];
  return [
    { ...state, history, cutOff: false },
    [{ do: 'note-user-turn', text, language, interrupted: state.cutOff, digits }],
  ];
}

function switchLanguage(state: TurnState, rules: TurnRules, language: string | null): Step {
  const current = state.language ?? rules.languages[0];
  const isKnown = language !== null && rules.languages.includes(language);
  if (!isKnown || language === current) return nothing(state);
  const switched: Step = [{ ...state, language }, [{ do: 'switch-language', language }]];
  // What was prepared has the voice of the other language.
  return chain(state, () => switched, abandonReply);
}

function answer(state: TurnState, rules: TurnRules, { text, digits }: CallerTurn): Step {
  if (isAskingConsent(state) && digits === null) {
    return chain(state, abandonReply, (next) => answerConsent(next, rules, text));
  }
  const greeted = meetGreeting(state, rules, text);
  if (greeted) return chain(state, abandonReply, () => greeted);
  const { reply } = state;
  if (reply?.eager && sameWords(reply.to, text)) return adopt(state, rules);
  return chain(state, abandonReply, (next) => think(next, rules));
}

/** The words are final and the same: what was prepared may be spoken, and its tools may run. */
function adopt(state: TurnState, rules: TurnRules): Step {
  const { reply } = state;
  if (!reply) return nothing(state);
  const adopted: Step = [
    { ...state, reply: { ...reply, eager: false } },
    [{ do: 'adopt', reply: reply.number }, fillerTimer(rules)],
  ];
  const { tools } = reply;
  return chain(
    state,
    () => adopted,
    (next) => (reply.speaks ? replySpeaks(next, reply.number) : nothing(next)),
    (next) => (tools ? runTools(next, tools) : nothing(next)),
    (next) => (reply.ended ? finishReply(next, rules) : nothing(next)),
  );
}

/** The model has nothing more to say; its voice may still be speaking. */
export function finishReply(state: TurnState, rules: TurnRules): Step {
  if (!state.reply) return nothing(state);
  if (state.reply.eager) return nothing({ ...state, reply: { ...state.reply, ended: true } });
  const isSilent = !state.reply.speaks && !isSpeaking(state) && state.openTools.length === 0;
  if (isSilent && state.history.at(-1)?.who === 'caller') {
    return replyFailed(state, rules, { reply: state.reply.number, stage: 'llm' });
  }
  return chain({ ...state, reply: null }, (next) => watchSilence(next, rules));
}
