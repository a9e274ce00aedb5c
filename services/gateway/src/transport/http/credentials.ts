import type { Principal } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { Authenticator } from '@trunkline/platform';
import type { Authentication } from '../../app/authenticate.js';

/** Reads `authorization: Bearer …`, and only that: nothing is accepted in a URL or a cookie. */
export class BearerAuthenticator extends Authenticator {
  readonly #authentication: Authentication;

  constructor(authentication: Authentication) {
    super();
    this.#authentication = authentication;
  }

  async authenticate(authorization: string | undefined): Promise<Principal> {
    return this.#authentication.principalOf(credentialIn(authorization));
  }
}

export function credentialIn(authorization: string | string[] | undefined): string {
  if (authorization === undefined || authorization === '') throw new AppError('auth.required');
  const [, credential] = /^Bearer ([A-Za-z0-9._~+/=-]{1,4096})$/i.exec(String(authorization)) ?? [];
  if (!credential) throw new AppError('auth.invalid');
  return credential;
}
