/** What a vendor says, as bytes on the wire would have it. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is instead of as JSON. */
  readonly text?: true;
}

export interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** One vendor's key check: where it is, how the key is sent, what comes back. */
export interface KeyCheck {
  /** Must match the whole path behind the vendor's prefix. */
  readonly path: RegExp;
  /** The key in the request; `undefined`: not sent, or not the way the vendor wants it. */
  keyIn(asked: Asked): string | undefined;
  accepted(asked: Asked): Reply;
  refused(): Reply;
  rateLimited(): Reply;
}

export function bearerIn(asked: Asked, scheme: 'Bearer' | 'Token'): string | undefined {
  const [given, key, ...rest] = (asked.headers['authorization'] ?? '').split(' ');
  return given === scheme && key && rest.length === 0 ? key : undefined;
}

/** The password of Basic authentication, if the user is the account named in the path. */
export function basicIn(asked: Asked, account: string | undefined): string | undefined {
  const [scheme, encoded] = (asked.headers['authorization'] ?? '').split(' ');
  if (scheme !== 'Basic' || !encoded) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const at = pair.indexOf(':');
  return at > 0 && pair.slice(0, at) === account ? pair.slice(at + 1) : undefined;
}
