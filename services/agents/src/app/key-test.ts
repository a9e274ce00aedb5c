import type { CheckResult } from '@trunkline/contracts';
import type { SealedState } from '../domain/sealed-secret.js';
import type { AgentsApp } from './agents-app.js';
import type { By } from './by.js';
import type { SecretAddress } from './data-keys.js';
import type { KeyToCheck } from './ports.js';

export interface SecretUnderTest extends Omit<KeyToCheck, 'secret'> {
  readonly aggregate: SecretAddress['aggregate'];
  readonly id: string;
  readonly field: string;
  readonly state: SealedState;
}

/** Opens the secret, asks the provider once, and forgets it again. */
export async function testSecret(
  app: AgentsApp,
  by: By,
  tested: SecretUnderTest,
): Promise<CheckResult> {
  const { aggregate, id, field, provider, accountId, state } = tested;
  const sealed = state.sealed[field] ?? '';
  const secret = await app.dataKeys.open(by, { aggregate, id, provider, field }, sealed);
  app.logger.info('secret.opened', { aggregate, id, provider, reason: 'key-check' });
  const result = await app.keyChecks.check({ provider, secret, accountId }, by.origin.signal);
  return { ...result, generation: state.generation };
}

export function testAnswer(result: CheckResult, testedAt: string) {
  const { outcome, httpStatus, durationMs } = result;
  return { ok: outcome === 'accepted', outcome, httpStatus, durationMs, testedAt };
}

export function lastFourOf(secret: string): string {
  return secret.slice(-4);
}
