import type { EndReason, EndSide } from '@trunkline/contracts';
import type { SpeechKind, TurnEffect } from './turn-effect.js';
import type { ToolCall } from '../chat.js';

export type Line =
  | { readonly who: 'caller'; readonly text: string }
  | { readonly who: 'agent'; readonly text: string; readonly tools: readonly ToolCall[] }
  | { readonly who: 'tool'; readonly toolCall: string; readonly text: string }
  | { readonly who: 'note'; readonly text: string };

/** What the agent is doing with its voice. */
export interface Utterance {
  readonly number: number;
  readonly kind: SpeechKind;
  /** A reply's words come while they are thought; a phrase's are known. */
  readonly text: string | null;
  readonly heardAny: boolean;
}

export interface Reply {
  readonly number: number;
  readonly eager: boolean;
  /** The caller's words it answers. */
  readonly to: string;
  readonly ended: boolean;
  readonly speaks: boolean;
  /** Tools that an eager reply asked for wait until it is adopted. */
  readonly tools: { readonly text: string; readonly calls: readonly ToolCall[] } | null;
}

/** The caller began to speak over the agent; nothing is decided yet. */
export interface BargeIn {
  readonly utterance: number;
  readonly sinceMs: number;
  readonly heardText: string;
  readonly text: string;
}

export interface Transferring {
  readonly name: string;
  /** Who is calling and why, for the colleague. */
  readonly summary: string;
  readonly isBegun: boolean;
}

export interface TurnState {
  readonly nowMs: number;
  readonly history: readonly Line[];
  /** Numbers of replies and utterances are one sequence. */
  readonly lastNumber: number;
  readonly reply: Reply | null;
  /** In the order they are spoken; the first is being spoken or about to be. */
  readonly speaking: readonly Utterance[];
  readonly bargeIn: BargeIn | null;
  readonly callerSpeaking: boolean;
  /** There is a voice on the line, where one is listened for. */
  readonly isVoiced: boolean;
  /** Since when there is none. */
  readonly quietSinceMs: number;
  /** Nobody understands the caller at the moment. */
  readonly deaf: boolean;
  /** What is understood of the caller's present turn, where the model does not end turns. */
  readonly pendingText: string;
  /** What was understood after it and may still change. */
  readonly partialText: string;
  /** A whole turn that waits for the agent's last word. */
  readonly waitingText: string;
  /** The caller's present turn has cut the agent off. */
  readonly cutOff: boolean;
  readonly completedTurns: number;
  readonly openTools: readonly string[];
  /** How often the model was asked again after tools, since the caller's last turn. */
  readonly toolRounds: number;
  /** The caller or a tool waits for words that nobody is thinking of. */
  readonly owesAnswer: boolean;
  readonly consent: 'not-needed' | 'asked' | 'asked-again' | 'given' | 'refused';
  readonly digits: string;
  readonly idlePrompts: number;
  readonly troubles: number;
  readonly language: string | null;
  readonly machine: 'unknown' | 'human' | 'waiting-for-beep' | 'message';
  readonly ending: {
    readonly reason: EndReason;
    readonly side: EndSide;
    /** Only after this utterance was heard; `null`: at once. */
    readonly after: number | null;
  } | null;
  readonly transferring: Transferring | null;
  /** The call ends as soon as it is known whether the transfer was taken before. */
  readonly leaving: { readonly reason: EndReason; readonly side: EndSide } | null;
  readonly dropped: boolean;
  readonly over: boolean;
}

export const firstState: TurnState = {
  nowMs: 0,
  history: [],
  lastNumber: 0,
  reply: null,
  speaking: [],
  bargeIn: null,
  callerSpeaking: false,
  isVoiced: false,
  quietSinceMs: 0,
  deaf: false,
  pendingText: '',
  partialText: '',
  waitingText: '',
  cutOff: false,
  completedTurns: 0,
  openTools: [],
  toolRounds: 0,
  owesAnswer: false,
  consent: 'not-needed',
  digits: '',
  idlePrompts: 0,
  troubles: 0,
  language: null,
  machine: 'unknown',
  ending: null,
  transferring: null,
  leaving: null,
  dropped: false,
  over: false,
};

/** What was understood so far has become a turn, or nothing. */
export const noWords = { pendingText: '', partialText: '' } as const;

export type Step = readonly [TurnState, readonly TurnEffect[]];

export const nothing = (state: TurnState): Step => [state, []];

/** One rule after the other, each seeing what the one before left. */
export function chain(start: TurnState, ...rules: readonly ((state: TurnState) => Step)[]): Step {
  let state = start;
  const effects: TurnEffect[] = [];
  for (const rule of rules) {
    const [next, more] = rule(state);
    state = next;
    effects.push(...more);
  }
  return [state, effects];
}

export function isSpeaking(state: TurnState): boolean {
  return state.speaking.length > 0;
}
