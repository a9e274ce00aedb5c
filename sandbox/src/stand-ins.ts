import { carriers } from './carriers/carriers.js';
import { cartesiaStandIn } from './cartesia/stand-in.js';
import type { StandInFactory } from './core/desk.js';
import { geminiStandIn } from './gemini/stand-in.js';
import { deepgramStandIn } from './deepgram/stand-in.js';
import { openAiStandIn } from './openai/stand-in.js';
import { utteranceOrders } from './speech/utterance-orders.js';

/** One line for each. */
export const standIns: readonly StandInFactory[] = [
  utteranceOrders,
  deepgramStandIn,
  openAiStandIn,
  cartesiaStandIn,
  geminiStandIn,
  ...carriers,
];
