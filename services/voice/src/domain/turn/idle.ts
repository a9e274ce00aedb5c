import { endAfter, say } from './speech.js';
import type { TurnRules } from './turn-rules.js';
import { chain, isSpeaking, nothing, type Step, type TurnState } from './turn-state.js';

/** Nobody speaks, thinks or works: the clock of silence runs. */
export function isQuiet(state: TurnState): boolean {
  const isTransferring = state.transferring?.isBegun ?? false;
  const isWorking = state.reply !== null || state.openTools.length > 0 || isTransferring;
  const isAway = state.dropped || state.machine === 'waiting-for-beep';
  const isOver = state.ending !== null || isAway;
  return !isSpeaking(state) && !state.callerSpeaking && !isWorking && !isOver;
}

export function watchSilence(state: TurnState, rules: TurnRules): Step {
  if (!isQuiet(state)) return nothing(state);
  const { promptAfterMs, hangUpAfterMs } = rules.idle;
  const giveUp = { do: 'set-timer', timer: 'give-up-idle', afterMs: hangUpAfterMs } as const;
  return [
    state,
    [
      { do: 'set-timer', timer: 'idle', afterMs: promptAfterMs },
      ...(state.idlePrompts === 0 ? [giveUp] : []),
    ],
  ];
}

export function stir(state: TurnState): Step {
  return [
    { ...state, idlePrompts: 0 },
    [
      { do: 'stop-timer', timer: 'idle' },
      { do: 'stop-timer', timer: 'give-up-idle' },
    ],
  ];
}

export function promptIdle(state: TurnState, rules: TurnRules): Step {
  const prompt = rules.idle.prompts[state.idlePrompts];
  if (!isQuiet(state) || prompt === undefined) return nothing(state);
  return chain({ ...state, idlePrompts: state.idlePrompts + 1 }, (next) =>
    say(next, 'idle', prompt),
  );
}

export function giveUp(state: TurnState, rules: TurnRules): Step {
  const words = rules.phrases.goodbye;
  return endAfter(state, { reason: 'inactivity', side: 'platform', words });
}
