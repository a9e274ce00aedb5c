import type { Admission, SecondLegStep } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { mayHaveLeg } from '../domain/dial.js';
import { byOf } from './by.js';
import type { CampaignsApp } from './campaigns-app.js';
import { changeDial, loadDial } from './dials.js';
import { briefColleague } from './second-leg.js';
import type { RequestContext } from '@trunkline/platform';

/** The leg was answered and its carrier asks where the audio goes: a token is made now. */
export async function answerDial(
  app: CampaignsApp,
  context: RequestContext,
  asked: { readonly callId: string; readonly carrierCallId: string },
): Promise<Admission | SecondLegStep> {
  const key = { tenant: byOf(context).tenant, callId: asked.callId };
  const known = await loadDial(app, key);
  const { order } = known.state;
  if (!order || !mayHaveLeg(known.state)) throw new AppError('request.not-found');
  const { carrierCallId } = asked;
  const command = { do: 'hear', news: { kind: 'answered', carrierCallId } } as const;
  const answered = changeDial(app, key, { command, known });
  if (order.transfer) {
    await answered;
    return briefColleague(app, key, { order, carrierCallId });
  }
  // Beside each other: the caller has already said hello.
  const [admission] = await Promise.all([app.pods.admit({ ...key, pod: order.pod }), answered]);
  return admission;
}
