import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../eventually.js';
import { repositoryRoot } from './platform-process.js';
import { Platform, type PlatformOptions } from './platform.js';

export type Json = Readonly<Record<string, unknown>>;
type CarrierName = 'twilio' | 'telnyx' | 'plivo' | 'vobiz';

export interface CallAnswer {
  readonly id: string;
  readonly status: string;
  readonly endReason: string | null;
  readonly direction: string;
  readonly transcript: readonly { readonly who: string; readonly text: string }[];
  readonly turns: readonly { readonly firstFrameMs: number | null }[];
  readonly recording: { readonly status: string; readonly sizeBytes: number | null } | null;
  readonly costMicros: number;
  readonly analysis: string;
}

export interface Line {
  readonly carrier: CarrierName;
  readonly accountId: string;
  readonly carrierAccount: string;
  readonly number: string;
  readonly agent: string;
}

const accounts = {
  twilio: () => ({ accountId: `AC${randomBytes(16).toString('hex')}`, secretName: 'authToken' }),
  telnyx: () => ({ accountId: String(Date.now()), secretName: 'apiKey' }),
  plivo: () => ({ accountId: `MA${randomBytes(9).toString('hex')}`, secretName: 'authToken' }),
  vobiz: () => ({ accountId: `MA_${randomBytes(5).toString('hex')}`, secretName: 'authToken' }),
} as const;
/** Of the seed of 32 times 7. */
const telnyxPublicKey = '6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=';

/** A tenant whose agents can be rung by simulated callers. */
export class CallerWorld {
  private constructor(
    readonly platform: Platform,
    private readonly token: string,
    private readonly owner: { readonly email: string; readonly password: string },
  ) {}

  static async start(options: PlatformOptions = {}): Promise<CallerWorld> {
    return CallerWorld.tenantOn(await Platform.start(options));
  }

  /** Another tenant of a platform that runs: its keys, and so its faults, are its own. */
  static async tenantOn(platform: Platform): Promise<CallerWorld> {
    const email = `owner-${randomUUID()}@example.com`;
    const password = randomBytes(18).toString('base64url');
    const given = ['--email', email, '--tenant', 'Calls', `--password=${password}`];
    await platform.admin(['create-owner', ...given], 'tenant');
    const login = async (): Promise<string> => {
      const response = await fetch(`${platform.urlOf('gateway')}/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password }),
      });
      if (!response.ok) throw new Error(`login: ${response.status}`);
      return ((await response.json()) as { accessToken: string }).accessToken;
    };
    return new CallerWorld(platform, await eventually(login), { email, password });
  }

  async api<T>(method: string, path: string, body?: Json): Promise<T> {
    const response = await fetch(`${this.platform.urlOf('gateway')}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  async control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.platform.urlOf('sandbox')}/__control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  async newAgent(
    config: Json = {},
    prompt = 'You answer the phone of a restaurant.',
  ): Promise<string> {
    const { id } = await this.api<{ id: string }>('POST', '/v1/agents', {
      name: `Agent ${randomUUID().slice(0, 8)}`,
      llm_provider: 'openai',
      stt_provider: 'deepgram',
      tts_provider: 'cartesia',
      system_prompt: prompt,
      language: 'en',
      config: { firstMessage: 'Hello, how can I help you?', ...config },
    });
    return id;
  }

  /** A carrier account with a number that leads to the agent, both ways. */
  async newLine(carrier: CarrierName, agent: string): Promise<Line> {
    const { accountId, secretName } = accounts[carrier]();
    const secret = carrier === 'telnyx' ? `KEY${randomUUID()}` : randomUUID();
    const { id: carrierAccount } = await this.api<{ id: string }>('POST', '/v1/carrier-accounts', {
      carrier,
      label: carrier,
      accountId,
      [secretName]: secret,
      ...(carrier === 'telnyx' && { publicKey: telnyxPublicKey }),
    });
    const number = `+1555${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`;
    for (const direction of ['inbound', 'outbound']) {
      await this.api('POST', '/v1/routes', { carrierAccount, number, direction, agent });
    }
    const webhooks = `${this.platform.urlOf('gateway')}/webhooks/${carrier}/${carrierAccount}`;
    await this.control('POST', '/carriers/accounts', {
      carrier,
      accountId,
      secret,
      ...(carrier === 'telnyx' && { signingSeed: Buffer.alloc(32, 7).toString('base64') }),
      numbers: [{ number, answerUrl: `${webhooks}/answer`, statusUrl: `${webhooks}/status` }],
    });
    return { carrier, accountId, carrierAccount, number, agent };
  }

  /** Rings the number; answers the carrier's id of the call. */
  async dialIn(line: Line, steps: readonly Json[]): Promise<string> {
    const { carrier, accountId, number: to } = line;
    const from = `+1556${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`;
    const ring = { carrier, accountId, from, to, caller: { steps } };
    return (await this.control<{ id: string }>('POST', '/carriers/ring', ring)).id;
  }

  /** Rings the number and waits until the caller has hung up, or was hung up on. */
  async ring(line: Line, steps: readonly Json[], deadlineMs = 45_000): Promise<Json> {
    const id = await this.dialIn(line, steps);
    return eventually(
      async () => {
        const call = await this.control<Json>('GET', `/carriers/calls/${id}?waitMs=5000`);
        if (call['state'] !== 'ended') throw new Error(`still ${String(call['state'])}`);
        return call;
      },
      { deadlineMs },
    );
  }

  /** What the person on the line does, whatever the script says. */
  async hangUp(carrierCallId: string): Promise<void> {
    await this.control('POST', `/carriers/calls/${carrierCallId}/hang-up`);
  }

  /** The newest call of the agent, once it satisfies. */
  async callOf(agent: string, check: (call: CallAnswer) => void): Promise<CallAnswer> {
    return eventually(
      async () => {
        const { calls } = await this.api<{ calls: { id: string }[] }>(
          'GET',
          `/v1/calls?agent=${agent}&limit=1`,
        );
        const [newest] = calls;
        if (!newest) throw new Error('no call yet');
        const call = await this.api<CallAnswer>('GET', `/v1/calls/${newest.id}`);
        check(call);
        return call;
      },
      { deadlineMs: 20_000 },
    );
  }

  /** What the log has of one call, of one kind of fact. */
  async factsOf(id: string, type: string): Promise<readonly Json[]> {
    const path = `/v1/calls/${id}/events`;
    const { events } = await this.api<{ events: { type: string; data: Json }[] }>('GET', path);
    return events.filter((event) => event.type === type).map(({ data }) => data);
  }

  /** `npm run call` as its user has it: what it printed, and how it ended. */
  async phone(args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
    const program = join(repositoryRoot, 'sandbox/dist/phone/cli/main.js');
    const gateway = this.platform.urlOf('gateway');
    const child = spawn(process.execPath, [program, ...args], {
      env: {
        PATH: process.env['PATH'] ?? '',
        GATEWAY_URL: gateway,
        PUBLIC_BASE_URL: gateway,
        SANDBOX_URL: this.platform.urlOf('sandbox'),
        DEMO_EMAIL: this.owner.email,
        DEMO_PASSWORD: this.owner.password,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? -1, text: said.join('') };
  }

  stop(): Promise<void> {
    return this.platform.stop();
  }
}
