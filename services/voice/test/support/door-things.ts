import {
  agentConfig,
  agentDefaults,
  type CallPlan,
  type ConversationMode,
  type Principal,
} from '@trunkline/contracts';
import { AppError, deferred } from '@trunkline/kernel';
import { Logger, type RequestContext } from '@trunkline/platform';
import {
  AgentSource,
  CallRunner,
  CarrierAccountSource,
  type OpenedAccount,
  type OpenedCall,
  type PoliteEnd,
  type RunningCall,
  type RuntimeConfig,
} from '../../src/app/door/ports.js';
import type { Line, LineEvent, PlayEvent } from '../../src/app/ports/index.js';

export const accountSid = 'AC-ours';
export const authToken = 'auth-token-of-the-account';

export function contextOf(tenant = 'tenant-1', idempotencyId?: string): RequestContext {
  const principal: Principal = { kind: 'user', id: 'user-1', tenant, role: 'member', scopes: [] };
  const idempotency =
    idempotencyId === undefined ? undefined : { id: idempotencyId, fingerprint: 'asked' };
  return { principal, correlationId: 'request-1', idempotency };
}

export function planOf(callId: string, more: Partial<CallPlan> = {}): CallPlan {
  return {
    ...{ callId, kind: 'phone', direction: 'inbound', agent: 'agent-1', version: null },
    ...{ mode: null, carrier: 'twilio', carrierAccount: 'account-1' },
    ...{ from: '+15550000001', to: '+15550000002', campaign: null, contact: null },
    ...{ conversation: null, variables: {}, user: null, holdMs: 60_000 },
    ...more,
  };
}

export const browserPlan = (callId: string, more: Partial<CallPlan> = {}): CallPlan =>
  planOf(callId, {
    ...{ kind: 'browser', carrier: null, carrierAccount: null, from: null, to: null },
    ...{ user: 'user-1', holdMs: 300_000 },
    ...more,
  });

export class FakeAgents extends AgentSource {
  asked = 0;
  failsWith: string | null = null;
  mode: ConversationMode | null = 'gemini-live';

  read(of: { readonly agent: string; readonly version: number | null }): Promise<RuntimeConfig> {
    this.asked += 1;
    if (this.failsWith !== null) return Promise.reject(new AppError(this.failsWith));
    return Promise.resolve({
      ...{ agent: of.agent, name: 'Desk', version: of.version ?? 3 },
      config: agentConfig.parse({ ...agentDefaults, prompt: 'Be kind.', mode: this.mode }),
      ...{ tools: [], keys: [], knowledgeRevision: 0 },
    } as RuntimeConfig);
  }
}

export class FakeAccounts extends CarrierAccountSource {
  accountId: string | null = accountSid;
  tenant = 'tenant-1';

  open(): Promise<OpenedAccount> {
    const { accountId, tenant } = this;
    return Promise.resolve({ accountId, tenant, secret: authToken });
  }
}

/** One call behind the door: what was heard, what happened, and an end when it is told. */
export class FakeRunning implements RunningCall {
  readonly frames: Uint8Array[] = [];
  readonly events: (LineEvent | PlayEvent)[] = [];
  readonly politely: PoliteEnd[] = [];
  readonly now: PoliteEnd[] = [];
  readonly #done = deferred<void>();
  readonly ended = this.#done.promise;

  constructor(
    readonly call: OpenedCall,
    readonly line: Line,
    private readonly isPolite: boolean,
  ) {
    line.onFrame((frame) => this.frames.push(frame.slice()));
    void this.#follow();
  }

  endPolitely(how: PoliteEnd): void {
    this.politely.push(how);
    if (this.isPolite) this.finish();
  }

  endNow(how: PoliteEnd): void {
    this.now.push(how);
    this.finish();
  }

  finish(): void {
    this.#done.resolve();
  }

  async #follow(): Promise<void> {
    for await (const event of this.line.events) {
      this.events.push(event);
      if (event.type === 'ended') this.finish();
    }
  }
}

/** Lets each call begin once, as the log does. */
export class FakeRunner extends CallRunner {
  readonly admitted: OpenedCall[] = [];
  readonly running: FakeRunning[] = [];
  failsWith: string | null = null;
  /** Held back until it is called. */
  gate: Promise<void> = Promise.resolve();
  isPolite = true;

  async admit(call: OpenedCall): Promise<void> {
    await this.gate;
    if (this.failsWith !== null) throw new AppError(this.failsWith);
    if (this.admitted.some(({ plan }) => plan.callId === call.plan.callId)) {
      throw new AppError('call.taken');
    }
    this.admitted.push(call);
  }

  run(call: OpenedCall, line: Line): RunningCall {
    const running = new FakeRunning(call, line, this.isPolite);
    this.running.push(running);
    return running;
  }
}

export function quietLogger(): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { lines, logger: new Logger({ service: 'voice', level: 'debug', destination }) };
}
