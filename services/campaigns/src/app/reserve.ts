import { voiceRequests, type Admission, type CallPlan } from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import { actingFor } from '@trunkline/platform';
import type { CampaignsApp } from './campaigns-app.js';

const nobodyThere = new Set(['service.timeout', 'service.unavailable']);

/** Room first: who gets none in time hears `voice.no-room`, and nothing is dialled. */
export async function reserve(
  app: CampaignsApp,
  of: { readonly tenant: string; readonly correlationId: string },
  plan: CallPlan,
): Promise<Admission> {
  const limit = new AbortController();
  const late = new AppError('voice.no-room', { retryable: true });
  const timer = setTimeout(() => limit.abort(late), app.reserveLimitMs);
  try {
    const context = { ...actingFor('campaigns', of), signal: limit.signal };
    return await app.requests.ask(voiceRequests.reserve, plan, context);
  } catch (error) {
    if (!isAppError(error) || !nobodyThere.has(error.code)) throw error;
    throw new AppError('voice.no-room', { retryable: true, cause: error });
  } finally {
    clearTimeout(timer);
  }
}
