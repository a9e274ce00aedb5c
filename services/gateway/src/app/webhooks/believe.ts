import { tokenPattern } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import {
  carrierKits,
  publicUrl,
  type CallNews,
  type CarrierKit,
  type Verdict,
} from '@trunkline/telephony';
import type { OpenedAccount, ReceivedWebhook, WebhookParts } from './ports.js';

export interface BelievedWebhook {
  readonly received: ReceivedWebhook;
  readonly account: OpenedAccount;
  readonly kit: CarrierKit;
  readonly news: CallNews;
  /** Claimed; given back when handling fails. */
  readonly nonce: string | null;
}

/**
 * Rejects with `request.not-found` (no such account), `webhook.refused` (not what this account
 * signed) or `webhook.replayed`.
 */
export async function believe(
  parts: WebhookParts,
  received: ReceivedWebhook,
): Promise<BelievedWebhook> {
  const { carrierAccount, requestId } = received;
  const known = await knownAccount(parts, received);
  let { account } = known;
  let verdict = await verify(parts, received, account);
  if (!verdict.ok && verdict.refused === 'signature-wrong') {
    // It may be signed with the newer of two secrets.
    const reopened = await parts.accounts.reopen(carrierAccount, requestId);
    if (reopened && reopened !== account) {
      account = reopened;
      verdict = await verify(parts, received, account);
    }
  }
  if (!verdict.ok) throw refusal(parts, received, verdict.refused);
  const { kit } = known;
  const news = kit.webhooks.parse(received.rawBody);
  const nonce = verdict.claimedNonce;
  if (namesAnother(news, account)) throw refusal(parts, received, 'account-wrong');
  return { received, account, kit, news, nonce: nonce && nonceKey(account, nonce) };
}

async function knownAccount(
  parts: WebhookParts,
  received: ReceivedWebhook,
): Promise<{ readonly account: OpenedAccount; readonly kit: CarrierKit }> {
  const { carrier, carrierAccount, callId, requestId } = received;
  const ids = [carrierAccount, callId ?? 'none'];
  if (!ids.every((id) => tokenPattern.test(id))) throw new AppError('request.not-found');
  const account = await parts.accounts.open(carrierAccount, requestId);
  if (account?.carrier !== carrier) throw new AppError('request.not-found');
  return { account, kit: carrierKits[account.carrier] };
}

function verify(
  parts: WebhookParts,
  received: ReceivedWebhook,
  account: OpenedAccount,
): Promise<Verdict> {
  const { rawPath, headers, rawBody, kind } = received;
  const url = publicUrl(parts.publicBaseUrl, rawPath);
  if (url === undefined) throw new AppError('webhook.refused');
  const { webhooks } = carrierKits[account.carrier];
  const keys = [account.publicKey ?? account.secret];
  const replay = {
    nowMs: parts.clock.nowMs(),
    seenNonce: (key: string, keepMs: number) => claim(parts, kind, { account, key, keepMs }),
  };
  const request = { method: 'POST', url, headers, rawBody } as const;
  return webhooks.verify(request, { keys, accountId: account.accountId }, replay);
}

/**
 * Without Redis a status is believed all the same, as saying it twice changes nothing. What is
 * answered with a token waits until Redis is back.
 */
async function claim(
  parts: WebhookParts,
  kind: ReceivedWebhook['kind'],
  of: { readonly account: OpenedAccount; readonly key: string; readonly keepMs: number },
): Promise<boolean> {
  try {
    return await parts.nonces.seen(nonceKey(of.account, of.key), of.keepMs);
  } catch (error) {
    if (kind !== 'status' && kind !== 'amd') throw error;
    parts.logger.warn('webhook.nonce-unchecked', { kind, error });
    return false;
  }
}

const nonceKey = (account: OpenedAccount, nonce: string): string =>
  `${account.carrierAccount}:${nonce}`;

/** The account that the body names must be the one whose secret was used. */
function namesAnother(news: CallNews, { accountId }: OpenedAccount): boolean {
  if (!('accountId' in news) || news.accountId === null || accountId === null) return false;
  return news.accountId !== accountId;
}

function refusal(
  parts: WebhookParts,
  { carrier, kind }: ReceivedWebhook,
  reason: string,
): AppError {
  parts.logger.info('webhook.refused', { provider: carrier, kind, reason });
  return new AppError(reason === 'nonce-replayed' ? 'webhook.replayed' : 'webhook.refused');
}
