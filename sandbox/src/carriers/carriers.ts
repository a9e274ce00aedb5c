import type { StandInFactory } from '../core/desk.js';
import { Voice } from '../phone/voice.js';
import { carrierStandIns } from './carrier-stand-ins.js';
import { hum } from './hum.js';

const voice = new Voice(hum);

/** As the sandbox runs them. */
export const carriers: readonly StandInFactory[] = carrierStandIns({
  voice: (say) => voice.utterance(say),
});
