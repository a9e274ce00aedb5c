import type { Clock } from '@trunkline/kernel';
import type { Mongo } from '@trunkline/platform';
import type { Facts } from './facts.js';
import type {
  AccessTokens,
  BeforeTenant,
  KeyUses,
  Links,
  LoginThrottle,
  Mail,
  PasswordHasher,
  SecretDeriver,
  Sessions,
} from './ports.js';

/** What the use cases of this service work with. */
export interface Identity {
  readonly facts: Facts;
  readonly mongo: Mongo;
  readonly before: BeforeTenant;
  readonly hasher: PasswordHasher;
  readonly mail: Mail;
  readonly sessions: Sessions;
  readonly links: Links;
  readonly tokens: AccessTokens;
  readonly throttle: LoginThrottle;
  readonly keyUses: KeyUses;
  readonly secrets: SecretDeriver;
  readonly clock: Clock;
  /** Work that the answer must not wait for, nor tell by its time that there was any. */
  readonly afterwards: (what: string, work: () => Promise<void>) => void;
  readonly isSignUpOpen: boolean;
  /** Where the links of mails lead to. */
  readonly pagesUrl: string;
}
