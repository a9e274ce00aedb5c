import {
  choiceSetting,
  coldHalfSettings,
  fileSetting,
  integerSetting,
  mongoDatabaseSetting,
  mongoSettings,
  noted,
  redisSettings,
  reserveSettings,
  Secret,
  serviceSettings,
  textSetting,
  urlSetting,
} from '@trunkline/platform';
import { z } from 'zod';

const perMinute = (meaning: string, fallback: number) =>
  integerSetting({ meaning, min: 1, max: 10_000_000, default: fallback });

const settings = z.strictObject({
  ...serviceSettings,
  ...mongoSettings,
  ...mongoDatabaseSetting('gateway'),
  ...redisSettings,
  ...reserveSettings,
  ...coldHalfSettings,
  TOKEN_KEYS_FILE: fileSetting({
    meaning: 'Private keys (JWKS): use "access" signs logins, use "principal" says who asks.',
  }),
  KEK_FILE: fileSetting({ meaning: 'The master keys, base64, the newest in the first line.' }),
  PUBLIC_BASE_URL: urlSetting({
    meaning: 'Where people and carriers reach this gateway; the issuer of its tokens.',
    protocols: ['http', 'https'],
  }),
  SIGNUP: choiceSetting(['closed', 'open'], {
    meaning: 'Whether strangers may open an account.',
    default: 'closed',
  }),
  CORS_ORIGINS: textSetting({
    meaning: 'Origins of web pages that may call this API, exact, with commas.',
    default: '',
    maxLength: 4096,
  }),
  TRUSTED_PROXIES: textSetting({
    meaning: 'Addresses of our own proxies, with commas; only they are believed about callers.',
    default: '',
    maxLength: 4096,
  }),
  SMTP_URL: noted(
    z
      .string()
      .regex(/^(smtps?:\/\/.+)?$/, 'must be an smtp or smtps URL')
      .default('')
      .transform((text) => new Secret(text)),
    {
      description: 'The mail server; empty: mails become files in MAIL_DIR, except in production.',
      type: 'secret URL (smtp, smtps)',
      default: '',
    },
  ),
  MAIL_FROM: textSetting({
    meaning: 'The sender of mails.',
    default: 'Trunkline <no-reply@localhost>',
  }),
  MAIL_DIR: fileSetting({ meaning: 'Where mails go without SMTP_URL.', default: '.data/mail' }),
  LOGIN_ATTEMPTS_PER_ACCOUNT: integerSetting({
    meaning: 'Wrong passwords for one account in 15 minutes.',
    min: 1,
    max: 1000,
    default: 5,
  }),
  LOGIN_ATTEMPTS_PER_IP: integerSetting({
    meaning: 'Wrong passwords from one address in 15 minutes.',
    min: 1,
    max: 100_000,
    default: 20,
  }),
  REQUESTS_PER_MINUTE_PER_IP: perMinute('Requests from one address.', 3000),
  REQUESTS_PER_MINUTE_PER_TENANT: perMinute('Requests of one tenant.', 12_000),
  REQUESTS_PER_MINUTE_PER_KEY: perMinute('Requests with one key or by one person.', 6000),
  LIVE_READERS_PER_TENANT: integerSetting({
    meaning: 'Live views one tenant may have open, in each replica.',
    min: 1,
    max: 1000,
    default: 50,
  }),
  LIVE_PING_SECONDS: integerSetting({
    meaning: 'How long a live view is silent before it says that it is still there.',
    min: 1,
    max: 60,
    default: 10,
  }),
  FAILPOINT: textSetting({
    meaning: 'Tests only: the type of event after whose append the process kills itself.',
    default: '',
    pattern: /^[a-z.-]{0,96}$/,
  }),
});

export const gatewaySettings = settings.refine(
  (given) => given.NODE_ENV !== 'production' || isGiven(given.SMTP_URL),
  {
    path: ['SMTP_URL'],
    error: 'is empty: in production invitations and links have to reach people by mail',
    // Beside everything else that is wrong, not after it.
    when: () => true,
  },
);
export type GatewaySettings = Readonly<z.output<typeof gatewaySettings>>;

/** `npm run admin` runs with the settings of the platform, which has no port for it. */
export const adminSettings = settings.extend({
  HTTP_PORT: integerSetting({ meaning: 'Not used.', min: 0, max: 65_535, default: 0 }),
});

/** Anything but a `Secret` was refused before, for its own reason. */
function isGiven(url: unknown): boolean {
  return url instanceof Secret ? url.reveal() !== '' : url !== undefined;
}
