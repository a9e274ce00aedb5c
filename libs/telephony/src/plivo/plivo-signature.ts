import { hmacBase64, isAnySigned } from '../signing/compare.js';
import { bodyText, parseForm, sortedPairs, sortedQuery, type Form } from '../signing/form.js';
import {
  headerOf,
  NONCE_KEPT_MS,
  refused,
  type ReplayGuard,
  type SignedRequest,
  type Verdict,
  type WebhookSecrets,
} from '../signing/signed-request.js';
import { portVariants, queryOf, splitUrl, withoutQuery } from '../signing/url-parts.js';

/** V3: HMAC-SHA256 over the URL, the sorted form and a nonce; any of several signatures will do. */
export async function verifyPlivo(
  request: SignedRequest,
  secrets: WebhookSecrets,
  replay: ReplayGuard,
): Promise<Verdict> {
  // `Ma` is made with the main account's token, the other with the subaccount's.
  const given = ['x-plivo-signature-v3', 'x-plivo-signature-ma-v3']
    .map((name) => headerOf(request.headers, name))
    .filter((value) => value !== undefined)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim());
  const nonce = headerOf(request.headers, 'x-plivo-signature-v3-nonce');
  if (given.length === 0) return refused('signature-missing');
  if (given.length > 8 || !given.every(isSha256)) return refused('signature-malformed');
  if (!isNonce(nonce)) return refused('nonce-malformed');
  const texts = signedTexts(request);
  if (texts.length === 0) return refused('body-malformed');
  const expected = secrets.keys.flatMap((key) =>
    texts.map((text) => hmacBase64('sha256', key, `${text}.${nonce}`)),
  );
  if (!isAnySigned(given, expected)) return refused('signature-wrong');
  const claim = `plivo:${nonce}`;
  if (await replay.seenNonce(claim, NONCE_KEPT_MS)) return refused('nonce-replayed');
  return { ok: true, signed: true, claimedNonce: claim };
}

export const isSha256 = (text: string): boolean => /^[A-Za-z0-9+/]{43}=$/.test(text);
/** Without a dot, which divides it from the text before it: a signature reads in one way only. */
export const isNonce = (nonce: string | undefined): nonce is string =>
  nonce !== undefined && /^[A-Za-z0-9_+/=-]{1,128}$/.test(nonce);

function signedTexts(request: SignedRequest): readonly string[] {
  const type = headerOf(request.headers, 'content-type') ?? '';
  const isEmpty = request.rawBody.length === 0;
  // Only a form is covered by the signature.
  if (!isEmpty && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return [];
  const query = parseForm(queryOf(request.url));
  const body = parseForm(bodyText(request.rawBody));
  const parts = splitUrl(withoutQuery(request.url));
  const tail = request.method === 'GET' ? getTail(query, body) : postTail(query, body);
  return parts === undefined ? [] : portVariants(parts).map((url) => url + tail);
}

function getTail(query: Form, body: Form): string {
  const merged = new Map(query);
  for (const [name, values] of body) merged.set(name, [...(merged.get(name) ?? []), ...values]);
  return merged.size === 0 ? '' : `?${sortedQuery(merged)}`;
}

function postTail(query: Form, body: Form): string {
  if (body.size === 0) return query.size === 0 ? '' : `?${sortedQuery(query)}`;
  return `?${sortedQuery(query)}${query.size === 0 ? '' : '.'}${sortedPairs(body)}`;
}
