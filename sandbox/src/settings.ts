export interface SandboxSettings {
  readonly host: string;
  readonly port: number;
  /** What a new connection costs before its first answer; left out: nothing. */
  readonly connectDelayMs?: number;
}

const CONNECT_DELAY_MS = '80';

/**
 * SANDBOX_PORT, or HTTP_PORT as the launcher gives it to everything it starts. Throws with
 * the one sentence to print.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): SandboxSettings {
  const text = env['SANDBOX_PORT'] ?? env['HTTP_PORT'] ?? '8090';
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new RangeError(`SANDBOX_PORT=${text} is not a port from 0 to 65535`);
  }
  const delayText = env['SANDBOX_CONNECT_DELAY_MS'] ?? CONNECT_DELAY_MS;
  if (!/^\d{1,5}$/.test(delayText)) {
    throw new RangeError(`SANDBOX_CONNECT_DELAY_MS=${delayText} is not a number of ms up to 99999`);
  }
  return { host: env['HTTP_HOST'] ?? '127.0.0.1', port, connectDelayMs: Number(delayText) };
}
