import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import { PasswordHasher } from '../../app/ports.js';
import { Gate } from './gate.js';

/** OWASP's minimum for argon2id, about 30 ms of one core; `algorithm: 2` is argon2id. */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const MAX_WAITING = 200;

export class Argon2Hasher extends PasswordHasher {
  readonly #gate: Gate;
  #nobody: Promise<string> | undefined;

  constructor(maxAtOnce = availableParallelism()) {
    super();
    this.#gate = new Gate({ width: maxAtOnce, maxWaiting: MAX_WAITING });
  }

  hash(password: string): Promise<string> {
    return this.#gate.pass(() => hash(password.normalize('NFKC'), cost));
  }

  async verify(known: string | undefined, password: string): Promise<boolean> {
    const nobody = await this.#hashOfNobody();
    const isRight = await this.#gate.pass(() => isMatch(known ?? nobody, password));
    return known !== undefined && isRight;
  }

  /** An unknown account costs the same time: its password is checked against this. */
  #hashOfNobody(): Promise<string> {
    this.#nobody ??= this.hash(randomBytes(16).toString('hex'));
    return this.#nobody;
  }
}

async function isMatch(known: string, password: string): Promise<boolean> {
  return known.startsWith('$argon2id$') && verify(known, password.normalize('NFKC'));
}
