/** The protocol that both sides speak; it alone is echoed in the handshake's answer. */
export const VOICE_SUBPROTOCOL = 'trunkline.v1';
const tokenPrefix = 'token.';
const maxHeaderChars = 8 * 1024;

export interface BrowserOffer {
  /** What to answer; never the token. */
  readonly protocol: typeof VOICE_SUBPROTOCOL;
  readonly token: string;
}

/**
 * Browsers cannot set headers on a WebSocket, but they can offer protocols:
 * `Sec-WebSocket-Protocol: trunkline.v1, token.<token>`.
 */
export function readBrowserOffer(header: string | undefined): BrowserOffer | undefined {
  if (header === undefined || header.length > maxHeaderChars) return undefined;
  const offered = header.split(',').map((one) => one.trim());
  const tokens = offered.filter((one) => one.startsWith(tokenPrefix));
  const [only] = tokens;
  if (!offered.includes(VOICE_SUBPROTOCOL) || only === undefined || tokens.length !== 1) {
    return undefined;
  }
  const token = only.slice(tokenPrefix.length);
  // The characters of a JWT and of base64url.
  return /^[\w.~-]+$/.test(token) ? { protocol: VOICE_SUBPROTOCOL, token } : undefined;
}

/** The last segment of a media path, for carriers that return no parameters. */
export function readPathToken(path: string): string | undefined {
  const last = path.split(/[?#]/, 1)[0]?.split('/').at(-1) ?? '';
  return /^[\w.~-]{1,4096}$/.test(last) ? last : undefined;
}
