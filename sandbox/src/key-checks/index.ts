import type { AiProvider, Carrier } from '@trunkline/contracts';
import { plivo, telnyx, twilio, vobiz } from './carriers.js';
import type { KeyCheck } from './reply.js';
import { cartesia, deepgram, openai } from './speech.js';

/** By the prefix of its paths. */
export const keyChecks: Readonly<Record<AiProvider | Carrier, KeyCheck>> = {
  deepgram,
  openai,
  cartesia,
  twilio,
  telnyx,
  plivo,
  vobiz,
};
