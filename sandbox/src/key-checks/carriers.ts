import { basicIn, bearerIn, type Asked, type KeyCheck } from './reply.js';

const twilioPath = /^\/2010-04-01\/Accounts\/([A-Za-z0-9_-]+)\.json$/;
const plivoPath = /^\/v1\/Account\/([A-Za-z0-9_-]+)\/$/;
const vobizPath = /^\/api\/v1\/Account\/([A-Za-z0-9_-]+)\/?$/;

const accountIn = (path: RegExp, asked: Asked): string | undefined => path.exec(asked.path)?.[1];
const twilioError = (code: number, message: string, status: number) => ({
  code,
  message,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
  status,
});

export const twilio: KeyCheck = {
  path: twilioPath,
  keyIn: (asked) => basicIn(asked, accountIn(twilioPath, asked)),
  accepted: (asked) => {
    const sid = accountIn(twilioPath, asked);
    const uri = asked.path;
    const dates = { date_created: 'Tue, 14 Nov 2023 22:13:20 +0000' };
    return {
      status: 200,
      body: { sid, friendly_name: 'Sandbox', status: 'active', type: 'Full', uri, ...dates },
    };
  },
  refused: () => ({ status: 401, body: twilioError(20_003, 'Authenticate', 401) }),
  rateLimited: () => ({ status: 429, body: twilioError(20_429, 'Too Many Requests', 429) }),
};

export const telnyx: KeyCheck = {
  path: /^\/v2\/balance$/,
  keyIn: (asked) => bearerIn(asked, 'Bearer'),
  accepted: () => ({
    status: 200,
    body: {
      data: {
        record_type: 'balance',
        balance: '300.00',
        credit_limit: '100.00',
        available_credit: '400.00',
        currency: 'USD',
      },
    },
  }),
  refused: () => ({
    status: 401,
    body: {
      errors: [
        {
          code: '10009',
          title: 'Authentication failed',
          detail: 'Could not find any usable credentials.',
        },
      ],
    },
  }),
  rateLimited: () => ({
    status: 429,
    body: {
      errors: [{ code: '10011', title: 'Too many requests', detail: 'Rate limit exceeded.' }],
    },
  }),
};

export const plivo: KeyCheck = {
  path: plivoPath,
  keyIn: (asked) => basicIn(asked, accountIn(plivoPath, asked)),
  accepted: (asked) => ({
    status: 200,
    body: {
      account_type: 'standard',
      api_id: '00000000-0000-4000-8000-000000000002',
      auth_id: accountIn(plivoPath, asked),
      auto_recharge: false,
      billing_mode: 'prepaid',
      cash_credits: '100.00000',
      name: 'Sandbox',
      resource_uri: asked.path,
      state: null,
      timezone: 'UTC',
    },
  }),
  refused: () => ({
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="Login Required"' },
    body: 'Could not verify your access level for that URL.',
    text: true,
  }),
  rateLimited: () => ({ status: 429, body: { error: 'Too many requests' } }),
};

export const vobiz: KeyCheck = {
  path: vobizPath,
  keyIn: (asked) => {
    const isAccounts = asked.headers['x-auth-id'] === accountIn(vobizPath, asked);
    return isAccounts ? asked.headers['x-auth-token'] : undefined;
  },
  accepted: (asked) => ({
    status: 200,
    body: { auth_id: accountIn(vobizPath, asked), name: 'Sandbox', status: 'active' },
  }),
  refused: () => ({ status: 401, body: { error: 'unauthorized' } }),
  rateLimited: () => ({
    status: 429,
    body: { error: 'rate limited', details: { limitType: 'api', retryAfter: 1 } },
  }),
};
