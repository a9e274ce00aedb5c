import type { IncomingMessage } from 'node:http';
import { carrierKits, headerOf, publicUrl } from '@trunkline/telephony';
import type { OpenedAccount } from '../app/door/ports.js';
import type { MediaPath } from './media-path.js';

export interface HandshakeOf {
  readonly path: MediaPath;
  readonly account: OpenedAccount | null;
  /** What the carrier was told, and signed; never what Host says (row S16). */
  readonly wsBaseUrl: string;
}

const nothing = new Uint8Array();

/** Twilio signs the handshake too. The token decides all the same, but a wrong signature is enough. */
export async function isHandshakeSigned(
  request: IncomingMessage,
  { path, account, wsBaseUrl }: HandshakeOf,
): Promise<boolean> {
  if (path.carrier !== 'twilio' || account === null) return true;
  if (headerOf(request.headers, 'x-twilio-signature') === undefined) return true;
  const url = publicUrl(wsBaseUrl, request.url ?? '');
  if (url === undefined) return false;
  const signed = { method: 'GET', url, headers: request.headers, rawBody: nothing } as const;
  const secrets = { keys: [account.secret], accountId: account.accountId };
  // Twilio signs no nonce, so there is none to remember.
  const replay = { nowMs: 0, seenNonce: () => false };
  const verdict = await carrierKits.twilio.webhooks.verify(signed, secrets, replay);
  return verdict.ok;
}
