import type { AnalysisFact } from '@trunkline/contracts';
import type { Decider } from '@trunkline/kernel';

type Ready = Extract<AnalysisFact, { readonly type: 'analysis.transcript-ready' }>;

export interface AnalysisState {
  readonly lines: string | null;
  readonly isErased: boolean;
}

export type AnalysisCommand =
  | { readonly do: 'put-together'; readonly transcript: Ready['data'] }
  | { readonly do: 'erase' };

/** A late fact of the call makes a new transcript; the same words make none. */
export const analysisDecider: Decider<AnalysisState, AnalysisCommand, AnalysisFact> = {
  initialState: { lines: null, isErased: false },

  decide(state, command) {
    if (state.isErased) return undefined;
    if (command.do === 'erase') {
      return state.lines === null ? undefined : { type: 'analysis.erased', data: {} };
    }
    if (state.lines === JSON.stringify(command.transcript.lines)) return undefined;
    return { type: 'analysis.transcript-ready', data: command.transcript };
  },

  evolve(state, event) {
    if (event.type === 'analysis.erased') return { ...state, isErased: true };
    return { ...state, lines: JSON.stringify(event.data.lines) };
  },
};
