import { classifyGreeting } from './greeting.js';
import { endNow, hush, say } from './speech.js';
import type { MachineVerdict } from './turn-input.js';
import type { TurnRules } from './turn-rules.js';
import { chain, nothing, type Step, type TurnState } from './turn-state.js';

/** Silence after a greeting: the beep has been. */
const QUIET_AFTER_GREETING_MS = 1500;
/** A greeting that nobody told us the end of. */
const LONGEST_GREETING_MS = 12_000;
/** A message that never ends must not keep the line. */
const LONGEST_MESSAGE_MS = 60_000;

type Verdict = Extract<MachineVerdict, 'voicemail' | 'human' | 'fax' | 'unknown'>;

export function meetMachine(
  state: TurnState,
  rules: TurnRules,
  { verdict, by }: { readonly verdict: MachineVerdict; readonly by: 'carrier' | 'speech' },
): Step {
  if (!rules.voicemail.detect) return nothing(state);
  if (verdict === 'greeting-over') return speakAfterBeep(state, rules);
  if (state.machine !== 'unknown') return nothing(state);
  const noted = note(verdict, by);
  if (verdict === 'voicemail') {
    return chain(state, noted, (next) => meetVoicemail(next, rules));
  }
  if (verdict === 'fax') {
    return chain(state, noted, (next) =>
      endNow(next, { reason: 'voicemail_reached', side: 'platform' }),
    );
  }
  return verdict === 'human' ? chain({ ...state, machine: 'human' }, noted) : nothing(state);
}

function note(verdict: Verdict, by: 'carrier' | 'speech'): (state: TurnState) => Step {
  return (state) => [state, [{ do: 'note-machine', verdict, by }]];
}

function meetVoicemail(state: TurnState, rules: TurnRules): Step {
  const { action, message } = rules.voicemail;
  if (action === 'continue') return [{ ...state, machine: 'human' }, []];
  if (action === 'hang-up' || message === null) {
    return chain(state, hush, (next) =>
      endNow(next, { reason: 'voicemail_reached', side: 'platform' }),
    );
  }
  return chain({ ...state, machine: 'waiting-for-beep' }, hush, (next) => [
    next,
    [{ do: 'set-timer', timer: 'after-beep', afterMs: LONGEST_GREETING_MS }],
  ]);
}

/** While the greeting goes on, its end is not yet there. */
export function greetingPaused(state: TurnState): Step {
  if (state.machine !== 'waiting-for-beep') return nothing(state);
  return [state, [{ do: 'set-timer', timer: 'after-beep', afterMs: QUIET_AFTER_GREETING_MS }]];
}

export function speakAfterBeep(state: TurnState, rules: TurnRules): Step {
  if (state.machine !== 'waiting-for-beep') return nothing(state);
  const { message } = rules.voicemail;
  const stopped: TurnState = { ...state, machine: 'message' };
  const [said, effects] = say(stopped, 'message', message ?? '');
  const ending = {
    reason: 'voicemail_reached',
    side: 'platform',
    after: said.lastNumber,
  } as const;
  const limit = { do: 'set-timer', timer: 'goodbye', afterMs: LONGEST_MESSAGE_MS } as const;
  return [{ ...said, ending }, [{ do: 'stop-timer', timer: 'after-beep' }, ...effects, limit]];
}

/** Whether these first words came from a machine; `null`: they want an answer. */
export function meetGreeting(state: TurnState, rules: TurnRules, text: string): Step | null {
  if (!mayBeMachine(state, rules)) return null;
  const greeting = classifyGreeting(text);
  if (greeting === 'voicemail') {
    const met = meetMachine(state, rules, { verdict: 'voicemail', by: 'speech' });
    return chain(met[0], (next) => [next, met[1]], greetingPaused);
  }
  if (greeting === 'screening' && rules.voicemail.screening !== null) {
    const words = rules.voicemail.screening;
    return chain(
      state,
      (next) => [next, [{ do: 'note-machine', verdict: 'screening', by: 'speech' }]],
      (next) => say(next, 'first', words),
    );
  }
  return null;
}

/** Only what answers a call of ours, and only by its first words. */
export function mayBeMachine(state: TurnState, rules: TurnRules): boolean {
  const isFirst = rules.direction === 'outbound' && state.completedTurns === 0;
  return rules.voicemail.detect && isFirst && state.machine === 'unknown';
}
