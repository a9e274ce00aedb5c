import type { EndReason } from '@trunkline/contracts';
import { carrierKits, type CallNews } from '@trunkline/telephony';
import { mayHaveLeg, type DialNews, type DialState } from '../domain/dial.js';
import type { CampaignsApp } from './campaigns-app.js';
import { changeDial, loadDial } from './dials.js';
import { giveBack } from './give-back.js';
import { hearIncoming, limitIncoming } from './incoming-call.js';
import type { DialKey, Notice } from './ports.js';
import { hearOfSecondLeg, tellColleague } from './hear-of-second-leg.js';
import { startStream } from './start-stream.js';

/** A signed webhook becomes facts. It may come twice, late and in any order. */
export async function hearWebhook(app: CampaignsApp, notice: Notice): Promise<void> {
  const { webhooks } = carrierKits[notice.carrier];
  const news = webhooks.parse(Buffer.from(notice.body, 'utf8'));
  if (news.kind === 'malformed') {
    app.logger.warn('webhook.malformed', { provider: notice.carrier, reason: news.reason });
    return;
  }
  if (notice.timeLimitSeconds !== undefined) return limitIncoming(app, notice, news);
  if (notice.callId === null) return hearIncoming(app, notice, news);
  await hearOfDial(app, { tenant: notice.tenant, callId: notice.callId }, news);
}

export async function hearOfDial(app: CampaignsApp, key: DialKey, news: CallNews): Promise<void> {
  const { state: before, correlationId } = await loadDial(app, key);
  const { order } = before;
  if (!order) return;
  for (const heard of factsIn(news)) {
    const command = { do: 'hear', news: heard } as const;
    const { state, event } = await changeDial(app, key, { command, correlationId });
    if (event && heard.kind === 'machine') app.live.machine({ ...key, verdict: heard.verdict });
    if (event && wasNeverTaken(event.data['outcome'])) await giveBack(app, key, order);
    if (heard.kind === 'answered') await afterAnswer(app, key, state);
  }
  if (order.transfer) await hearOfSecondLeg(app, key, news);
}

/** Telnyx reads no document: it is told to open the socket now, not before it was answered. */
async function afterAnswer(app: CampaignsApp, key: DialKey, state: DialState): Promise<void> {
  const { order, carrierCallId } = state;
  if (order?.carrier !== 'telnyx' || !mayHaveLeg(state) || carrierCallId === null) return;
  if (order.transfer) await tellColleague(app, key, { order, carrierCallId });
  else await startStream(app, key, { order, carrierCallId });
}

const wasNeverTaken = (outcome: unknown): boolean =>
  outcome !== undefined && outcome !== 'connected';

function factsIn(news: CallNews): DialNews[] {
  switch (news.kind) {
    case 'initiated':
    case 'ringing':
      return [{ kind: news.kind, carrierCallId: news.carrierCallId }];
    case 'answered': {
      const { carrierCallId, machine } = news;
      const answered: DialNews = { kind: 'answered', carrierCallId };
      return machine === null ? [answered] : [answered, { kind: 'machine', verdict: machine }];
    }
    case 'machine':
      return [{ kind: 'machine', verdict: news.verdict }];
    case 'ended': {
      const { detail, durationSeconds } = news;
      const reason: EndReason = news.cause;
      return [{ kind: 'ended', reason, detail, durationSeconds }];
    }
    default:
      return [];
  }
}
