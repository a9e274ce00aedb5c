import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import {
  headerOf,
  refused,
  type ReplayGuard,
  type SignedRequest,
  type Verdict,
  type WebhookSecrets,
} from '../signing/signed-request.js';

const windowMs = 300_000;
/** A raw Ed25519 key becomes readable by this DER prefix (RFC 8410). */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Ed25519 over `timestamp|body`; the timestamp bounds how long a delivery can be repeated. */
export async function verifyTelnyx(
  request: SignedRequest,
  secrets: WebhookSecrets,
  replay: ReplayGuard,
): Promise<Verdict> {
  const signature = headerOf(request.headers, 'telnyx-signature-ed25519');
  const timestamp = headerOf(request.headers, 'telnyx-timestamp');
  if (signature === undefined) return refused('signature-missing');
  // Exactly 64 bytes; a second spelling of the same signature would pass the replay check.
  const bytes = Buffer.from(signature, 'base64');
  if (bytes.length !== 64 || bytes.toString('base64') !== signature) {
    return refused('signature-malformed');
  }
  // Digits only: anything that becomes NaN would be inside every window.
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) {
    return refused('timestamp-malformed');
  }
  if (Math.abs(replay.nowMs - Number(timestamp) * 1000) > windowMs) {
    return refused('timestamp-out-of-window');
  }
  const keys = secrets.keys.flatMap(readKey);
  if (keys.length === 0) return refused('no-usable-key');
  const text = Buffer.concat([Buffer.from(`${timestamp}|`, 'utf8'), request.rawBody]);
  const isRight = keys.map((key) => verify(null, text, key, bytes)).includes(true);
  if (!isRight) return refused('signature-wrong');
  const nonce = `telnyx:${signature}`;
  if (await replay.seenNonce(nonce, 2 * windowMs)) return refused('nonce-replayed');
  return { ok: true, signed: true, claimedNonce: nonce };
}

function readKey(key: string): KeyObject[] {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(key)) return [];
  const raw = Buffer.from(key, 'base64');
  return [createPublicKey({ key: Buffer.concat([derPrefix, raw]), format: 'der', type: 'spki' })];
}
