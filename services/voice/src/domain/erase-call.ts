import type { CallFact } from '@trunkline/contracts';
import { AppError, type Decider } from '@trunkline/kernel';

export interface ErasableCall {
  readonly campaign: string | null;
  readonly isStarted: boolean;
  readonly hasEnded: boolean;
  readonly awaitsRecording: boolean;
  readonly isErased: boolean;
}

export interface EraseCall {
  readonly reason: string;
  /** A recording that has not come by now never will. */
  readonly waitsForRecording: boolean;
}

/** Only what is over is forgotten: whatever came later would be remembered again. */
export const erasing: Decider<ErasableCall, EraseCall, CallFact> = {
  initialState: {
    ...{ campaign: null, isStarted: false, hasEnded: false },
    ...{ awaitsRecording: false, isErased: false },
  },
  decide: (state, { reason, waitsForRecording }) => {
    if (!state.isStarted) throw new AppError('request.not-found');
    if (state.isErased) return undefined;
    const isDone = state.hasEnded && !(state.awaitsRecording && waitsForRecording);
    if (!isDone) throw new AppError('call.not-ended');
    return { type: 'call.erased', data: { reason } };
  },
  evolve: (state, fact) => {
    switch (fact.type) {
      case 'call.started':
        return { ...state, isStarted: true, campaign: fact.data.campaign };
      case 'call.ended':
        return { ...state, hasEnded: true, awaitsRecording: fact.data.recording !== 'none' };
      case 'call.recording-stored':
        return { ...state, awaitsRecording: false };
      case 'call.erased':
        return { ...state, isErased: true };
      default:
        return state;
    }
  },
};
