import { deriveSecret, type KeyRing } from '@trunkline/platform';
import { SecretDeriver } from '../../app/ports.js';

export class DerivedSecrets extends SecretDeriver {
  readonly #keys: KeyRing;

  constructor(keys: KeyRing) {
    super();
    this.#keys = keys;
  }

  derive(purpose: string): Uint8Array {
    return deriveSecret(this.#keys.newest.key, `gateway ${purpose}`);
  }
}
