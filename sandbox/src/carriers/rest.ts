/** A REST request of the platform, read. */
export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface RestReply {
  readonly status: number;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What was done, for the ledger; left out where nothing changed. */
  readonly did?: RestDeed;
}

export interface RestDeed {
  readonly command: string;
  readonly accountId: string;
  readonly key?: string;
  readonly callId?: string;
}

export function basicCredential(request: RestRequest): {
  readonly user: string;
  readonly password: string | undefined;
} {
  const [scheme, encoded = ''] = (request.headers['authorization'] ?? '').split(' ');
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const at = pair.indexOf(':');
  if (scheme !== 'Basic' || at < 1) return { user: '', password: undefined };
  return { user: pair.slice(0, at), password: pair.slice(at + 1) };
}

/** A JSON object or a form, by its type; `undefined`: neither. */
export function fieldsOf(request: RestRequest): Readonly<Record<string, unknown>> | undefined {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('application/json'))
    return Object.fromEntries(new URLSearchParams(request.body));
  try {
    const value: unknown = JSON.parse(request.body || '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function textField(
  fields: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  const value = fields[name];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** With a plus, as calls keep it; `undefined`: no number. */
export function numberField(
  fields: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  const digits = textField(fields, name)?.replace(/^\+/, '') ?? '';
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : undefined;
}

export function secondsField(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  fallback: number,
): number {
  const value = Number(textField(fields, name) ?? fallback);
  return Number.isFinite(value) && value > 0 ? value : fallback;
}
