import type { CheckResult } from '@trunkline/contracts';
import { isAppError, withDeadline } from '@trunkline/kernel';
import { KeyChecks, type KeyToCheck } from '../../app/ports.js';
import { keyCheckRequests, type Vendor } from './key-check-requests.js';

export type BaseUrls = Readonly<Record<Vendor, string>>;

export interface HttpKeyChecksOptions {
  /** Set by the operator; a tenant has no say in where a key is sent. */
  readonly baseUrls: BaseUrls;
  readonly limitMs: number;
}

type Outcome = Omit<CheckResult, 'generation' | 'durationMs'>;

export class HttpKeyChecks extends KeyChecks {
  readonly #options: HttpKeyChecksOptions;

  constructor(options: HttpKeyChecksOptions) {
    super();
    this.#options = options;
  }

  override async check(key: KeyToCheck, signal?: AbortSignal) {
    const startedAtMs = performance.now();
    const outcome = await this.#ask(key, signal);
    return { ...outcome, durationMs: Math.round(performance.now() - startedAtMs) };
  }

  async #ask(key: KeyToCheck, signal: AbortSignal | undefined): Promise<Outcome> {
    const limits = { limitMs: this.#options.limitMs, code: 'service.timeout', signal };
    try {
      const status = await withDeadline(limits, (until) => this.#statusOf(key, until));
      return { outcome: outcomeOf(status), httpStatus: status };
    } catch (error) {
      // What a socket error says may name the key's URL, so only its kind is kept.
      const isTimeout = isAppError(error) && error.code === 'service.timeout';
      return { outcome: isTimeout ? 'timeout' : 'unreachable', httpStatus: null };
    }
  }

  async #statusOf(key: KeyToCheck, signal: AbortSignal): Promise<number> {
    const { path, headers } = keyCheckRequests[key.provider](key);
    const base = this.#options.baseUrls[key.provider].replace(/\/$/, '');
    const response = await fetch(`${base}${path}`, {
      headers: { accept: 'application/json', ...headers },
      // A redirect would carry the key somewhere else.
      redirect: 'manual',
      signal,
    });
    await response.body?.cancel();
    return response.status;
  }
}

function outcomeOf(status: number): CheckResult['outcome'] {
  if (status >= 200 && status < 300) return 'accepted';
  if (status === 401 || status === 403 || status === 404) return 'refused';
  return status === 429 ? 'rate-limited' : 'provider-error';
}
