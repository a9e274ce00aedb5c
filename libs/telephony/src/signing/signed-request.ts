export type HeaderValue = string | readonly string[] | undefined;

export interface SignedRequest {
  readonly method: 'GET' | 'POST';
  /** Our configured public address and the path as it came: see `publicUrl`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, HeaderValue>>;
  readonly rawBody: Uint8Array;
}

export interface WebhookSecrets {
  /** Auth tokens or public keys; two while a rotation lasts. */
  readonly keys: readonly string[];
  /** The account the path belongs to; a body that names another is refused. */
  readonly accountId: string | null;
  /** Vobiz signs only where callback credentials are set up; the path's secret is then the proof. */
  readonly unsignedAllowed?: boolean;
}

export interface ReplayGuard {
  readonly nowMs: number;
  /**
   * Claims the key for so long, atomically, and says whether it had been claimed before. Asked
   * only after the signature proved right, so that strangers cannot fill the store.
   */
  readonly seenNonce: (key: string, keepMs: number) => Promise<boolean> | boolean;
}

export type Refusal =
  | 'signature-missing'
  | 'signature-malformed'
  | 'signature-wrong'
  | 'timestamp-malformed'
  | 'timestamp-out-of-window'
  | 'nonce-malformed'
  | 'nonce-replayed'
  | 'body-hash-wrong'
  | 'body-malformed'
  | 'account-wrong'
  | 'no-usable-key';

export type Verdict =
  | {
      readonly ok: true;
      readonly signed: boolean;
      /** Claimed; give it back when handling fails, or the carrier's retry is refused. */
      readonly claimedNonce: string | null;
    }
  | { readonly ok: false; readonly refused: Refusal };

export const refused = (reason: Refusal): Verdict => ({ ok: false, refused: reason });
/** Carriers repeat a webhook for minutes at most. */
export const NONCE_KEPT_MS = 5 * 60_000;

/** The one value of a header whatever its case; several values are as good as none. */
export function headerOf(headers: SignedRequest['headers'], name: string): string | undefined {
  const found = Object.entries(headers).filter(
    ([key, value]) => key.toLowerCase() === name && value !== undefined,
  );
  const [, value] = found[0] ?? [];
  if (found.length !== 1) return undefined;
  if (typeof value === 'string') return value;
  return value?.length === 1 ? value[0] : undefined;
}

/**
 * The address that the carrier signed: the configured one, never what Host or X-Forwarded-* say.
 * Joined as text, because a parser would re-encode characters that were signed as they are.
 */
export function publicUrl(publicBaseUrl: string, rawPathAndQuery: string): string | undefined {
  if (!rawPathAndQuery.startsWith('/') || rawPathAndQuery.includes('#')) return undefined;
  return publicBaseUrl.replace(/\/+$/, '') + rawPathAndQuery;
}
