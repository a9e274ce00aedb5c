import { carriers } from './carriers/carriers.js';
import { cartesiaStandIn } from './cartesia/stand-in.js';
import type { StandInFactory } from './core/desk.js';
import { openAiStandIn } from './openai/stand-in.js';

/** One line for each. */
export const standIns: readonly StandInFactory[] = [openAiStandIn, cartesiaStandIn, ...carriers];
