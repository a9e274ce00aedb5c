import {
  durablesOf,
  parseEventSubject,
  projections,
  WEBHOOK_DURABLE,
  WEBHOOK_STREAM,
  WEBHOOK_SUBJECTS,
  webhookNotice,
} from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import { DurableWorker, PullDurable } from '@trunkline/platform';
import type { JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { attemptDial } from '../../app/attempt-dial.js';
import type { CampaignsApp } from '../../app/campaigns-app.js';
import { hearWebhook } from '../../app/hear-webhook.js';

const MAX_RUNNING = 32;
const MAX_ACK_PENDING = 256;
/** Webhooks that cannot be worked off for so long tell nothing new any more. */
const MAX_DELIVERIES = 100;
const ACK_WAIT_MS = 10_000;

/** Wakes a dial up as soon as it is requested, in whichever replica. */
export async function openDialWorker(
  connection: NatsConnection,
  app: CampaignsApp,
): Promise<DurableWorker> {
  const [durable] = durablesOf(projections.dialWork);
  if (!durable) throw new TypeError('the work of dials has no durable');
  const settings = { ackWaitMs: ACK_WAIT_MS, maxAckPending: MAX_ACK_PENDING };
  return new DurableWorker({
    durable: await PullDurable.open(connection, durable, settings),
    logger: app.logger,
    maxRunning: MAX_RUNNING,
    ackWaitMs: ACK_WAIT_MS,
    handle: (message) => wakeDial(app, message),
  });
}

/** The first event of a dial asks for its attempt; the others only move the durable on. */
async function wakeDial(app: CampaignsApp, message: JsMsg): Promise<void> {
  const { tenant, id: callId } = parseEventSubject(message.subject);
  const event: unknown = parseJson(message);
  const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : '';
  if (type === 'dial.requested') await attemptDial(app, { tenant, callId });
}

export async function openWebhookWorker(
  connection: NatsConnection,
  app: CampaignsApp,
): Promise<DurableWorker> {
  const durable = { name: WEBHOOK_DURABLE, filters: [WEBHOOK_SUBJECTS] };
  const settings = {
    ackWaitMs: ACK_WAIT_MS,
    maxAckPending: MAX_ACK_PENDING,
    stream: WEBHOOK_STREAM,
  };
  return new DurableWorker({
    durable: await PullDurable.open(connection, durable, settings),
    logger: app.logger,
    maxRunning: MAX_RUNNING,
    ackWaitMs: ACK_WAIT_MS,
    handle: (message) => hearNotice(app, message),
  });
}

async function hearNotice(app: CampaignsApp, message: JsMsg): Promise<void> {
  const notice = webhookNotice.safeParse(parseJson(message));
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

/** `undefined`: not JSON. */
function parseJson(message: JsMsg): unknown {
  try {
    return message.json();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
