import { createHash } from 'node:crypto';
import { hmacBase64, isAnySigned } from '../signing/compare.js';
import {
  headerOf,
  NONCE_KEPT_MS,
  refused,
  type ReplayGuard,
  type SignedRequest,
  type Verdict,
  type WebhookSecrets,
} from '../signing/signed-request.js';
import { isNonce, isSha256 } from '../plivo/plivo-signature.js';
import { portVariants, splitUrl, withoutQuery } from '../signing/url-parts.js';

const versions = [
  { name: 'v3', separator: '.' },
  { name: 'v2', separator: '' },
] as const;

/**
 * HMAC-SHA256 over the path and a nonce. Neither body nor query is covered, so the id in the path
 * and the nonce carry the weight. A V3 signature that is wrong is not rescued by a right V2 one.
 */
export async function verifyVobiz(
  request: SignedRequest,
  secrets: WebhookSecrets,
  replay: ReplayGuard,
): Promise<Verdict> {
  const signed = versions
    .map((version) => ({ ...version, given: signaturesOf(request, version.name) }))
    .find((version) => version.given.length > 0);
  if (signed === undefined) {
    if (secrets.unsignedAllowed !== true) return refused('signature-missing');
    return { ok: true, signed: false, claimedNonce: null };
  }
  const nonce = headerOf(request.headers, `x-vobiz-signature-${signed.name}-nonce`);
  if (signed.given.length > 8 || !signed.given.every(isSha256)) {
    return refused('signature-malformed');
  }
  if (!isNonce(nonce)) return refused('nonce-malformed');
  const parts = splitUrl(withoutQuery(request.url));
  const urls = parts === undefined ? [] : portVariants(parts);
  const expected = secrets.keys.flatMap((key) =>
    urls.map((url) => hmacBase64('sha256', key, url + signed.separator + nonce)),
  );
  if (!isAnySigned(signed.given, expected)) return refused('signature-wrong');
  // V2 has nothing between path and nonce, so both together are claimed: moving a character from
  // one to the other, or taking the V2 signature of a V3 delivery, claims the same.
  const spent = createHash('sha256').update(withoutQuery(request.url) + nonce);
  const claim = `vobiz:${spent.digest('base64url')}`;
  if (await replay.seenNonce(claim, NONCE_KEPT_MS)) return refused('nonce-replayed');
  return { ok: true, signed: true, claimedNonce: claim };
}

function signaturesOf(request: SignedRequest, version: 'v2' | 'v3'): readonly string[] {
  return [`x-vobiz-signature-${version}`, `x-vobiz-signature-ma-${version}`]
    .map((name) => headerOf(request.headers, name))
    .filter((value) => value !== undefined)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim());
}
