import type { TransferReason } from '@trunkline/contracts';
import { carryOn } from './carry-on.js';
import { endNow, hush, say } from './speech.js';
import type { ToolResult, TurnInput } from './turn-input.js';
import type { TurnRules } from './turn-rules.js';
import { chain, isSpeaking, nothing, type Step, type TurnState } from './turn-state.js';

type Wish = Extract<NonNullable<ToolResult['action']>, { readonly kind: 'transfer' }>;
type Done = Extract<TurnInput, { readonly type: 'transfer-done' }>;

/** The caller hears a sentence first: the model's own where it said one, else the agent's phrase. */
export function wishTransfer(state: TurnState, rules: TurnRules, wish: Wish): Step {
  if (state.transferring) return nothing(state);
  const { name, summary } = wish;
  const wishing = { ...state, transferring: { name, summary, isBegun: false } };
  const hasWords = isSpeaking(state) || !rules.announcesTransfers;
  return hasWords ? startTransfer(wishing) : say(wishing, 'filler', rules.phrases.transfer);
}

/** Nothing that is being said is cut off by a transfer; once begun it is not begun again. */
export function startTransfer(state: TurnState): Step {
  const { transferring } = state;
  if (!transferring || transferring.isBegun || isSpeaking(state)) return nothing(state);
  const { name, summary } = transferring;
  const begun = { ...state, transferring: { ...transferring, isBegun: true } };
  return [begun, [{ do: 'transfer', name, summary }]];
}

const handedOver = { reason: 'call_transfer', side: 'agent' } as const;

/** Joined, the agent has left; otherwise the caller is told why and the conversation goes on. */
export function transferDone(state: TurnState, rules: TurnRules, done: Done): Step {
  const { transferring, leaving } = state;
  const settled = { ...state, transferring: null, leaving: null };
  if (done.outcome === 'connected') return chain(settled, hush, (next) => endNow(next, handedOver));
  // The line is gone and nobody knows where to: it is not hung up on those who may be talking.
  if (leaving && done.outcome === 'unknown' && leaving.side !== 'platform') {
    return endNow(settled, handedOver);
  }
  if (leaving) return endNow(settled, leaving);
  if (!transferring) return nothing(settled);
  const text = `${sentenceOf(transferring.name, done)} ${STILL_THERE}`;
  const history = [...state.history, { who: 'note', text } as const];
  const told = { ...settled, history };
  return told.ending ? nothing(told) : carryOn(told, rules);
}

const STILL_THERE =
  'The caller is still on the line with you: tell them, and ask how you can help instead.';

const why: Readonly<Record<TransferReason, string>> = {
  busy: 'is on another call',
  'no-answer': 'did not answer',
  declined: 'did not take the call',
  failed: 'could not be reached',
  withdrawn: 'is not being called any more',
};

function sentenceOf(name: string, { reason }: Done): string {
  if (reason) return `${name} ${why[reason]}.`;
  return `Nobody knows whether the transfer to ${name} worked.`;
}

/**
 * Every end of a call while somebody is being called: the colleague is not left ringing, and a
 * caller who was handed over is not taken for one who hung up.
 */
export function heldBack([state, effects]: Step): Step {
  const end = effects.find((effect) => effect.do === 'end');
  if (!end || !state.transferring?.isBegun) return [state, effects];
  const { reason, side } = end;
  const others = effects.filter((effect) => effect !== end);
  const leaving = { ...state, over: false, leaving: { reason, side } };
  return [leaving, [...others, { do: 'withdraw-transfer' }]];
}
