import { isAppError } from '@trunkline/kernel';
import type { AnswerText } from '@trunkline/telephony';
import { answerIncoming, answerOutgoing, guideLeg } from './answer-call.js';
import { believe, type BelievedWebhook } from './believe.js';
import { enqueue } from './enqueue.js';
import type { ReceivedWebhook, WebhookParts } from './ports.js';

/** What the carrier gets: a document, or only that it was heard. */
export type WebhookReply = AnswerText | 'heard';

export async function takeWebhook(
  parts: WebhookParts,
  received: ReceivedWebhook,
): Promise<WebhookReply> {
  let believed: BelievedWebhook;
  try {
    believed = await believe(parts, received);
  } catch (error) {
    // The carrier did not hear that we had heard it.
    if (isAppError(error) && error.code === 'webhook.replayed' && !isAnswered(received)) {
      return 'heard';
    }
    throw error;
  }
  try {
    return await handle(parts, believed);
  } catch (error) {
    if (believed.nonce !== null) await giveBack(parts, believed.nonce);
    throw error;
  }
}

const documents = new Set(['incoming', 'answer', 'keys', 'moved']);

/** Telnyx reads no documents: whatever it tells is dealt with by those who can command it. */
const isAnswered = ({ carrier, kind }: ReceivedWebhook): boolean =>
  carrier !== 'telnyx' && documents.has(kind);

async function handle(parts: WebhookParts, believed: BelievedWebhook): Promise<WebhookReply> {
  const { received } = believed;
  if (!isAnswered(received)) {
    await enqueue(parts, believed, { callId: received.callId });
    return 'heard';
  }
  const { callId, kind } = received;
  if (callId === null) return answerIncoming(parts, believed);
  if (kind === 'keys') return guideLeg(parts, believed, { callId, has: 'keyed' });
  if (kind === 'moved') return guideLeg(parts, believed, { callId, has: 'moved' });
  return answerOutgoing(parts, believed, callId);
}

async function giveBack(parts: WebhookParts, nonce: string): Promise<void> {
  try {
    await parts.nonces.giveBack(nonce);
  } catch (error) {
    parts.logger.warn('webhook.nonce-kept', { error });
  }
}
