import { carriers, type Carrier } from '@trunkline/contracts';
import { z } from 'zod';

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const url = z.url({ protocol: /^https?$/ }).max(500);
const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/);

const number = z.strictObject({
  number: e164,
  /** Left out: where the platform expects webhooks of this account. */
  answerUrl: url.optional(),
  statusUrl: url.optional(),
});

export const accountOrder = z.strictObject({
  carrier: z.enum(carriers),
  /** Telnyx: the connection's id. */
  accountId: id,
  /** The secret of REST and, Telnyx apart, of webhooks. */
  secret: z.string().min(1).max(256),
  /** Telnyx: the Ed25519 seed that signs webhooks, 32 bytes in base64. */
  signingSeed: z
    .base64()
    .length(44)
    .default(() => demoSeed),
  /** The platform's PUBLIC_BASE_URL. */
  webhookBaseUrl: url.optional(),
  numbers: z.array(number).max(1_000).default([]),
  callsPerSecond: z.int().min(1).max(10_000).default(1_000),
});
export type Account = z.output<typeof accountOrder>;

export const demoSeed = Buffer.alloc(32, 7).toString('base64');
/** What the platform is given to check Telnyx webhooks with. */
export const demoPublicKey = '6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=';

/** What a fresh sandbox knows; sandbox/README.md lists them. */
export const demoAccounts: readonly Account[] = (
  [
    ['twilio', 'AC00000000000000000000000000000de0', 'demo-twilio-token'],
    ['telnyx', '1000000000000000000', 'KEYdemo-telnyx-key'],
    ['plivo', 'MADEMO00000000000000', 'demo-plivo-token'],
    ['vobiz', 'MA_DEMO00', 'demo-vobiz-token'],
  ] as const
).map(([carrier, accountId, secret]) => accountOrder.parse({ carrier, accountId, secret }));

const MAX_ACCOUNTS = 5_000;

export type Credential = 'right' | 'wrong';

/** The accounts of all carriers; a key that begins with `bad` is nobody's. */
export class AccountBook {
  readonly #accounts = new Map<string, Account>();

  constructor() {
    for (const account of demoAccounts) this.register(account);
  }

  register(account: Account): void {
    const key = keyOf(account.carrier, account.accountId);
    if (this.#accounts.size >= MAX_ACCOUNTS && !this.#accounts.has(key)) {
      throw new RangeError(`no more than ${MAX_ACCOUNTS} accounts`);
    }
    this.#accounts.set(key, account);
  }

  find(carrier: Carrier, accountId: string): Account | undefined {
    return this.#accounts.get(keyOf(carrier, accountId));
  }

  /** For Telnyx, whose key does not name its connection. */
  withSecret(carrier: Carrier, secret: string): Account | undefined {
    for (const account of this.#accounts.values()) {
      if (account.carrier === carrier && account.secret === secret) return account;
    }
    return undefined;
  }

  /** An account that nobody registered is believed, as the key checks believe it. */
  admit(asked: {
    readonly carrier: Carrier;
    readonly accountId: string;
    readonly secret: string | undefined;
  }): Account | undefined {
    const { carrier, accountId, secret } = asked;
    if (secret === undefined || secret.startsWith('bad')) return undefined;
    const known = this.find(carrier, accountId);
    if (known) return known.secret === secret ? known : undefined;
    const order = accountOrder.safeParse({ carrier, accountId, secret });
    if (order.success) this.register(order.data);
    return order.data;
  }
}

const keyOf = (carrier: Carrier, accountId: string): string => `${carrier}/${accountId}`;

/** Where the platform wants to hear of a call to this number. */
export function urlsOf(
  account: Account,
  to: string,
): { readonly answerUrl: string; readonly statusUrl: string } | undefined {
  const known = account.numbers.find((one) => one.number === to);
  const base = account.webhookBaseUrl;
  const prefix =
    base && `${base.replace(/\/$/, '')}/webhooks/${account.carrier}/${account.accountId}`;
  const answerUrl = known?.answerUrl ?? (prefix && `${prefix}/answer`);
  const statusUrl = known?.statusUrl ?? (prefix && `${prefix}/status`);
  return answerUrl && statusUrl ? { answerUrl, statusUrl } : undefined;
}
