import type { Carrier } from '@trunkline/contracts';
import { plivoKit } from './plivo/plivo-kit.js';
import type { CarrierKit } from './ports.js';
import { telnyxKit } from './telnyx/telnyx-kit.js';
import { twilioKit } from './twilio/twilio-kit.js';
import { vobizKit } from './vobiz/vobiz-kit.js';

/** One row for each carrier; the next one is a folder and a row. */
export const carrierKits: Readonly<Record<Carrier, CarrierKit>> = {
  twilio: twilioKit,
  telnyx: telnyxKit,
  plivo: plivoKit,
  vobiz: vobizKit,
};
