import type { StandInFactory } from '../core/desk.js';
import { synthesizedSpeech, Voice } from '../phone/voice.js';
import { carrierStandIns } from './carrier-stand-ins.js';

/** As the sandbox runs them. */
export const carriers: readonly StandInFactory[] = carrierStandIns({
  voice: new Voice(synthesizedSpeech),
});
