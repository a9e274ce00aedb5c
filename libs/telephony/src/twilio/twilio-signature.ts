import { createHash } from 'node:crypto';
import { hmacBase64, isAnySigned, isSameText } from '../signing/compare.js';
import { bodyText, byCodeUnit, parseForm, type Form } from '../signing/form.js';
import {
  headerOf,
  refused,
  type SignedRequest,
  type Verdict,
  type WebhookSecrets,
} from '../signing/signed-request.js';
import { portVariants, queryOf, splitUrl } from '../signing/url-parts.js';

/**
 * HMAC-SHA1 over the URL and the sorted form. Twilio has no nonce and no timestamp: a replay says
 * what was said before, and `eventKey` makes it a no-op.
 */
export function verifyTwilio(request: SignedRequest, secrets: WebhookSecrets): Verdict {
  const signature = headerOf(request.headers, 'x-twilio-signature');
  if (signature === undefined) return refused('signature-missing');
  if (!/^[A-Za-z0-9+/]{27}=$/.test(signature)) return refused('signature-malformed');
  const read = signedParameters(request);
  if (!read.ok) return refused('body-hash-wrong');
  const text = formText(read.form);
  const expected = secrets.keys.flatMap((key) =>
    urlCandidates(request.url).map((url) => hmacBase64('sha1', key, url + text)),
  );
  if (!isAnySigned([signature], expected)) return refused('signature-wrong');
  if (!isOfAccount(request, read.form, secrets.accountId)) return refused('account-wrong');
  return { ok: true, signed: true, claimedNonce: null };
}

type Parameters = { readonly ok: true; readonly form: Form } | { readonly ok: false };
const noParameters: Parameters = { ok: true, form: new Map() };

/** A body that is no form is signed by its hash in the URL, or not at all. */
function signedParameters(request: SignedRequest): Parameters {
  const hash = new URLSearchParams(queryOf(request.url)).get('bodySHA256');
  if (hash !== null) {
    const actual = createHash('sha256').update(request.rawBody).digest('hex');
    return isSameText(hash, actual) ? noParameters : { ok: false };
  }
  if (request.rawBody.length === 0) return noParameters;
  const type = headerOf(request.headers, 'content-type') ?? '';
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type);
  if (request.method === 'GET' || !isForm) return { ok: false };
  return { ok: true, form: parseForm(bodyText(request.rawBody)) };
}

/** Names sorted; a repeated value counts once. */
function formText(form: Form): string {
  return [...form.keys()]
    .toSorted(byCodeUnit)
    .map((name) =>
      [...new Set(form.get(name))]
        .toSorted(byCodeUnit)
        .map((value) => name + value)
        .join(''),
    )
    .join('');
}

/** As it came; as a URL parser writes it; with the query as older back ends escaped it. */
function urlCandidates(url: string): readonly string[] {
  const normal = URL.canParse(url) ? new URL(url).toString() : url;
  const candidates = [url, normal, withLegacyQuery(normal)].flatMap((one) => {
    const parts = splitUrl(one);
    return parts === undefined ? [] : portVariants(parts);
  });
  return [...new Set(candidates)];
}

function withLegacyQuery(url: string): string {
  const query = queryOf(url);
  if (query === '') return url;
  const pairs = [...parseForm(query)].flatMap(([name, values]) =>
    values.map((value) => `${escapeOnce(name)}=${escapeOnce(value)}`),
  );
  return `${url.slice(0, url.indexOf('?'))}?${pairs.join('&')}`;
}

const escapeOnce = (text: string): string => encodeURIComponent(text.toWellFormed());

/** The accounts that form and query name must all be the one whose token was used. */
function isOfAccount(request: SignedRequest, form: Form, accountId: string | null): boolean {
  if (accountId === null) return true;
  const named = [
    ...(form.get('AccountSid') ?? []),
    ...(parseForm(queryOf(request.url)).get('AccountSid') ?? []),
  ];
  return named.every((one) => one === accountId);
}
