import { AppError } from '@trunkline/kernel';
import { accessOfSession } from './authenticate.js';
import type { Identity } from './identity.js';
import { answerTokens, type SignedIn } from './log-in.js';

/** A token used twice means two holders, one of them a thief: the session ends for both. */
export async function refresh(deps: Identity, refreshToken: string): Promise<SignedIn> {
  const spent = await deps.sessions.spendRefreshToken(refreshToken);
  if (spent.outcome === 'unknown') throw new AppError('auth.invalid');
  if (spent.outcome === 'reused') {
    await deps.sessions.end(spent.session);
    throw new AppError('auth.invalid', { details: { reason: 'reused' } });
  }
  const session = await deps.sessions.find(spent.session);
  if (!session) throw new AppError('auth.invalid');
  const { role } = await accessOfSession(deps, session);
  return answerTokens(deps, session, role);
}
