import type { Carrier, ConversationMode } from '@trunkline/contracts';
import { demoAccounts, demoPublicKey, type Account } from '../../carriers/accounts.js';
import type { PlatformClient } from './platform-client.js';
import { Problem } from './problem.js';
import type { SandboxClient } from './sandbox-client.js';

export interface LineWanted {
  readonly carrier: Carrier;
  readonly agent: string | undefined;
  readonly mode: ConversationMode | undefined;
  readonly to: string | undefined;
  /** PUBLIC_BASE_URL: where the platform believes webhooks to arrive. */
  readonly publicUrl: string;
}

export interface Line {
  readonly agent: Named;
  readonly accountId: string;
  readonly to: string;
}

export interface Named {
  readonly id: string;
  readonly name: string;
}

const AGENT_NAME = 'Demo agent';
const LABEL = 'Sandbox (npm run call)';
const numbers: Readonly<Record<Carrier, string>> = {
  twilio: '+15550100001',
  telnyx: '+15550100002',
  plivo: '+15550100003',
  vobiz: '+15550100004',
};

/** An agent behind a number of a simulated carrier; made where it is missing, found the next time. */
export async function prepareLine(
  platform: PlatformClient,
  sandbox: SandboxClient,
  wanted: LineWanted,
): Promise<Line> {
  const { carrier, publicUrl } = wanted;
  const agent = await agentFor(platform, wanted.agent, wanted.mode);
  const account = demoAccounts.find((one) => one.carrier === carrier);
  if (!account) throw new Problem(`the sandbox has no demo account with ${carrier}`);
  const carrierAccount = await carrierAccountFor(platform, account);
  const to = wanted.to ?? numbers[carrier];
  await bind(platform, { carrierAccount, number: to, agent: agent.id });
  const hooks = `${publicUrl.replace(/\/$/, '')}/webhooks/${carrier}/${carrierAccount}`;
  await sandbox.register({
    ...account,
    numbers: [...new Set([numbers[carrier], to])].map((number) => ({
      number,
      answerUrl: `${hooks}/answer`,
      statusUrl: `${hooks}/status`,
    })),
  });
  return { agent, accountId: account.accountId, to };
}

/** By name or id; without either the demo agent. */
export async function agentFor(
  platform: PlatformClient,
  wanted: string | undefined,
  mode?: ConversationMode,
): Promise<Named> {
  const demoName = mode === undefined ? AGENT_NAME : `${AGENT_NAME} (${mode})`;
  const name = wanted ?? demoName;
  const search = encodeURIComponent(name);
  const { agents } = await platform.get(`/v1/agents?status=active&search=${search}`);
  const found = (agents as readonly Named[]).find(
    (one) => one.id === wanted || one.name.toLowerCase() === name.toLowerCase(),
  );
  if (found) return found;
  if (wanted === undefined) return await createDemoAgent(platform, { name, mode });
  const byId = await platform.find(`/v1/agents/${encodeURIComponent(wanted)}`);
  if (!byId) throw new Problem(`no agent is called "${wanted}"`);
  return byId as unknown as Named;
}

async function createDemoAgent(
  platform: PlatformClient,
  { name, mode }: { readonly name: string; readonly mode: ConversationMode | undefined },
): Promise<Named> {
  const answer = await platform.send('POST', '/v1/agents', {
    name,
    system_prompt:
      'You answer the telephone of Trunkline, an open platform for voice calls. Be friendly and ' +
      'brief: one or two sentences. When the caller says goodbye, say goodbye and hang up.',
    config: {
      firstMessage: 'Hello, this is Trunkline. How can I help you?',
      ...(mode !== undefined && { mode }),
    },
  });
  return { id: String(answer['id']), name };
}

interface KeptAccount {
  readonly id: string;
  readonly carrier: string;
  readonly accountId: string | null;
}

async function carrierAccountFor(platform: PlatformClient, account: Account): Promise<string> {
  const { carrier, accountId, secret } = account;
  const { carrierAccounts } = await platform.get('/v1/carrier-accounts?limit=100');
  const known = (carrierAccounts as readonly KeptAccount[]).find(
    (one) => one.carrier === carrier && one.accountId === accountId,
  );
  if (known) return known.id;
  const secrets =
    carrier === 'telnyx' ? { apiKey: secret, publicKey: demoPublicKey } : { authToken: secret };
  const body = { carrier, label: LABEL, accountId, ...secrets };
  const { id } = await platform.send('POST', '/v1/carrier-accounts', body);
  return String(id);
}

interface Binding {
  readonly carrierAccount: string;
  readonly number: string;
  readonly agent: string;
}

interface KeptRoute {
  readonly id: string;
  readonly number: string;
  readonly direction: string;
  readonly agent: string;
  readonly status: string;
}

async function bind(platform: PlatformClient, binding: Binding): Promise<void> {
  const { carrierAccount, number, agent } = binding;
  const { routes } = await platform.get(`/v1/routes?limit=100&carrierAccount=${carrierAccount}`);
  const known = (routes as readonly KeptRoute[]).find(
    (one) => one.number === number && one.direction === 'inbound' && one.status === 'bound',
  );
  if (!known) {
    await platform.send('POST', '/v1/routes', { ...binding, direction: 'inbound' });
  } else if (known.agent !== agent) {
    await platform.send('PUT', `/v1/routes/${known.id}`, { agent });
  }
}
