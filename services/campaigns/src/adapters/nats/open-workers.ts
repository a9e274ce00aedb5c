import {
  parseEventSubject,
  projections,
  WEBHOOK_DURABLE,
  WEBHOOK_STREAM,
  WEBHOOK_SUBJECTS,
  webhookNotice,
} from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import { DurableWorker, workOf } from '@trunkline/platform';
import type { JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { attemptDial } from '../../app/attempt-dial.js';
import type { CampaignsApp } from '../../app/campaigns-app.js';
import { hearWebhook } from '../../app/hear-webhook.js';

const MAX_RUNNING = 32;
/** Webhooks that cannot be worked off for so long tell nothing new any more. */
const MAX_DELIVERIES = 100;

/** Wakes a dial up as soon as it is requested, in whichever replica. */
export function openDialWorker(
  connection: NatsConnection,
  app: CampaignsApp,
): Promise<DurableWorker> {
  return DurableWorker.open(connection, {
    durable: workOf(projections.dialWork),
    logger: app.logger,
    maxRunning: MAX_RUNNING,
    handle: (content, message) => wakeDial(app, content, message),
  });
}

/** The first event of a dial asks for its attempt; the others only move the durable on. */
async function wakeDial(app: CampaignsApp, event: unknown, message: JsMsg): Promise<void> {
  const { tenant, id: callId } = parseEventSubject(message.subject);
  const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : '';
  if (type === 'dial.requested') await attemptDial(app, { tenant, callId });
}

export function openWebhookWorker(
  connection: NatsConnection,
  app: CampaignsApp,
): Promise<DurableWorker> {
  return DurableWorker.open(connection, {
    durable: { name: WEBHOOK_DURABLE, filters: [WEBHOOK_SUBJECTS] },
    stream: WEBHOOK_STREAM,
    logger: app.logger,
    maxRunning: MAX_RUNNING,
    handle: (content, message) => hearNotice(app, content, message),
  });
}

async function hearNotice(app: CampaignsApp, content: unknown, message: JsMsg): Promise<void> {
  const notice = webhookNotice.safeParse(content);
  if (!notice.success) {
    app.logger.error('webhook.unreadable', { seq: message.seq });
    return;
  }
  try {
    await hearWebhook(app, notice.data);
  } catch (error) {
    // The account was removed meanwhile: nobody is left to do anything about it.
    const isGone = isAppError(error) && error.code === 'request.not-found';
    if (!isGone && message.info.deliveryCount < MAX_DELIVERIES) throw error;
    app.logger.error('webhook.given-up', { seq: message.seq, error });
  }
}
