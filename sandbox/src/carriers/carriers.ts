import type { StandInFactory } from '../core/desk.js';
import { synthesizedSpeech, Voice } from '../phone/voice.js';
import { carrierStandIns } from './carrier-stand-ins.js';

/** As the sandbox runs them: what its callers are going to say, its stand-ins for hearing know. */
export const carriers: readonly StandInFactory[] = carrierStandIns((desk) => ({
  voice: new Voice(synthesizedSpeech, ({ say }, { samples, words }) => {
    desk.utterances.register({ text: say, samples, words });
  }),
}));
