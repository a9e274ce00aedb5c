import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, messageOf } from './failure.ts';
import { step } from './say.ts';
import { readDemo, rememberDemo, type DemoLine, type DemoLogin } from './secrets.ts';
import { rootDir } from './settings.ts';

const accountsModule = join(rootDir, 'sandbox/dist/carriers/accounts.js');
const LIMIT_MS = 10_000;

/** What the sandbox knows of a demo account. */
interface SandboxAccount {
  readonly carrier: string;
  readonly accountId: string;
  readonly secret: string;
}

/** The numbers that `npm run call` rings, and that the demo agent calls from. */
const numbers: Readonly<Record<string, string>> = {
  twilio: '+15550100001',
  telnyx: '+15550100002',
  plivo: '+15550100003',
  vobiz: '+15550100004',
};

export interface LinesOptions {
  readonly dataDir: string;
  readonly gatewayUrl: string;
  readonly sandboxUrl: string;
  /** Where the platform believes webhooks to arrive. */
  readonly publicUrl: string;
  readonly signal: AbortSignal;
}

/**
 * A number of each simulated carrier, bound to the demo agent in both directions: once per data
 * folder. The sandbox forgets with its process, so it is told at every start.
 */
export async function seedLines(options: LinesOptions): Promise<void> {
  const demo = readDemo(options.dataDir);
  if (!demo?.apiKey || !existsSync(accountsModule)) return;
  const { demoAccounts, demoPublicKey } = (await import(accountsModule)) as {
    readonly demoAccounts: readonly SandboxAccount[];
    readonly demoPublicKey: string;
  };
  try {
    const lines = demo.lines ?? (await step('binding the demo numbers', () => bindAll()));
    rememberDemo(options.dataDir, { ...demo, lines });
    for (const account of demoAccounts) await tellSandbox(account, lines, options);
  } catch (error) {
    options.signal.throwIfAborted();
    throw new Failure(`The demo tenant has no telephone: ${messageOf(error)}`);
  }

  async function bindAll(): Promise<DemoLine[]> {
    const agent = await make('/v1/agents', demoAgent, 'agent');
    const lines: DemoLine[] = [];
    for (const { carrier, accountId, secret } of demoAccounts) {
      const secrets =
        carrier === 'telnyx' ? { apiKey: secret, publicKey: demoPublicKey } : { authToken: secret };
      const account = { carrier, label: 'Sandbox', accountId, ...secrets };
      const carrierAccount = await make('/v1/carrier-accounts', account, carrier);
      const number = numbers[carrier] ?? '';
      for (const direction of ['inbound', 'outbound']) {
        const route = { carrierAccount, number, direction, agent };
        await make('/v1/routes', route, `${carrier}-${direction}`);
      }
      lines.push({ carrier, carrierAccount, number, agent });
    }
    return lines;
  }

  /** Repeated after an interruption it makes nothing twice. */
  async function make(path: string, body: object, name: string): Promise<string> {
    const { seed, apiKey = '' } = demo as DemoLogin;
    const made = await post(`${options.gatewayUrl}${path}`, body, {
      signal: options.signal,
      headers: { authorization: `Bearer ${apiKey}`, 'idempotency-key': `${seed}-${name}` },
    });
    return String((made as { readonly id: string }).id);
  }
}

const demoAgent = {
  name: 'Demo agent',
  system_prompt:
    'You answer the telephone of Trunkline, an open platform for voice calls. Be friendly and ' +
    'brief: one or two sentences. When the caller says goodbye, say goodbye and hang up.',
  config: { firstMessage: 'Hello, this is Trunkline. How can I help you?' },
};

async function tellSandbox(
  account: SandboxAccount,
  lines: readonly DemoLine[],
  options: LinesOptions,
): Promise<void> {
  const line = lines.find(({ carrier }) => carrier === account.carrier);
  if (!line) return;
  const { carrier, carrierAccount, number } = line;
  const hooks = `${options.publicUrl.replace(/\/$/, '')}/webhooks/${carrier}/${carrierAccount}`;
  const urls = { answerUrl: `${hooks}/answer`, statusUrl: `${hooks}/status` };
  const order = { ...account, numbers: [{ number, ...urls }] };
  const { signal } = options;
  await post(`${options.sandboxUrl}/__control/carriers/accounts`, order, { signal, headers: {} });
}

async function post(
  url: string,
  body: object,
  how: { readonly signal: AbortSignal; readonly headers: Record<string, string> },
): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...how.headers },
    body: JSON.stringify(body),
    signal: AbortSignal.any([how.signal, AbortSignal.timeout(LIMIT_MS)]),
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as unknown;
  const { pathname } = new URL(url);
  throw new Error(`${pathname} answered ${response.status} ${text.slice(0, 300)}`);
}
