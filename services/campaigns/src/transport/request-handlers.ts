import { campaignsRuntimeRequests as runtime, dialRequests as ask } from '@trunkline/contracts';
import { answer, type RequestHandler } from '@trunkline/platform';
import { answerDial } from '../app/answer-dial.js';
import { byOf } from '../app/by.js';
import type { CampaignsApp } from '../app/campaigns-app.js';
import { commandHangUp } from '../app/command-leg.js';
import { createCall } from '../app/create-call.js';
import { eraseDial } from '../app/erase-dial.js';
import { guideLeg } from '../app/second-leg.js';
import { beginTransfer, transferState, withdrawTransfer } from '../app/transfers.js';

/** One handler per request: nothing but the way from the wire to the use case. */
export function campaignsHandlers(app: CampaignsApp): RequestHandler[] {
  return [
    answer(ask.createCall, ({ body }, context) => createCall(app, byOf(context), body)),
    answer(runtime.eraseDial, (asked, context) => eraseDial(app, context, asked)),
    answer(runtime.hangUpLeg, (leg, context) => commandHangUp(app, context, leg)),
    answer(runtime.transferLeg, (asked, context) => beginTransfer(app, context, asked)),
    answer(runtime.transferState, (asked, context) => transferState(app, context, asked)),
    answer(runtime.withdrawTransfer, (asked, context) => withdrawTransfer(app, context, asked)),
    answer(runtime.guideLeg, (asked, context) => guideLeg(app, context, asked)),
    answer(runtime.answerDial, (asked, context) => answerDial(app, context, asked)),
  ];
}
