import type { callAggregate, CallFact, Envelope, EventOf } from '@trunkline/contracts';
import type { LegOwner } from '../ports/index.js';

type CallEvent = EventOf<typeof callAggregate>;
type CallEnded = Extract<CallFact, { readonly type: 'call.ended' }>;

/** What the log says of a call whose process is gone. */
export class LostCall {
  readonly #facts: readonly CallEvent[];

  constructor(private readonly events: readonly Envelope[]) {
    this.#facts = events as readonly CallEvent[];
  }

  has(type: CallFact['type']): boolean {
    return this.events.some((event) => event.type === type);
  }

  /** `undefined` in a browser, and of a caller who talks to somebody else by now. */
  get leg(): LegOwner | undefined {
    const [first] = this.#facts;
    const [event] = this.events;
    if (first?.type !== 'call.started' || !event || this.#wasHandedOver) return undefined;
    const { carrierAccount, carrierCallId, direction, from, to } = first.data;
    const { agent, version, pod } = first.data;
    if (carrierAccount === null || carrierCallId === null) return undefined;
    const { tenant, correlationId, id: callId } = event;
    return {
      tenant,
      correlationId,
      carrierCallId,
      pod,
      plan: { callId, agent, version, carrierAccount, direction, from, to },
    };
  }

  /** Of an end that its own process wrote, nobody knows whether it came to hang up as well. */
  get isLegGone(): boolean {
    return this.#facts.some(({ type, data }) => type === 'call.ended' && data.side === 'caller');
  }

  /** Its disk was full: what the spool has is not all there was. */
  get isSoundCut(): boolean {
    return this.#facts.some(
      ({ type, data }) => type === 'call.error' && data.code === 'recording.truncated',
    );
  }

  get #wasHandedOver(): boolean {
    return this.#facts.some(
      ({ type, data }) => type === 'call.transferred' && data.outcome === 'connected',
    );
  }

  get correlationId(): string {
    return this.events[0]?.correlationId ?? '';
  }

  /** It lasted until the last thing anybody knows of it. */
  end(recording: 'none' | 'pending' | 'truncated'): CallEnded {
    const agentTurns = this.#facts.filter((fact) => fact.type === 'call.turn-agent');
    const userTurns = this.#facts.filter((fact) => fact.type === 'call.turn-user');
    const micros = agentTurns.reduce((sum, { data }) => sum + data.cost.micros, 0);
    const talkMs = agentTurns.reduce(
      (sum, { data }) => sum + data.heardUntilMs - data.startedMs,
      0,
    );
    return {
      type: 'call.ended',
      data: {
        ...{ reason: 'error_runtime_lost', side: 'platform', detail: '' },
        ...{ durationMs: this.#knownMs, talkMs: Math.max(0, talkMs), recording },
        userTurns: userTurns.length,
        agentTurns: agentTurns.length,
        interruptions: agentTurns.filter(({ data }) => data.interrupted).length,
        cost: { micros, currency: 'USD' },
      },
    };
  }

  get #knownMs(): number {
    const joined = this.#facts.find(({ type }) => type === 'call.joined');
    const last = this.#facts.at(-1);
    if (!joined || !last) return 0;
    return Math.max(0, Date.parse(last.occurredAt) - Date.parse(joined.occurredAt));
  }
}
