import { carriers } from '@trunkline/contracts';
import { z } from 'zod';
import { BadOrder, type ControlOrder } from '../core/stand-in.js';
import { callerScript } from '../phone/script.js';
import { accountOrder, urlsOf } from './accounts.js';
import { calleeOrder } from './callees.js';
import type { CarrierCall } from './carrier-call.js';
import type { Switchboard } from './switchboard.js';

const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/);
const ringOrder = z.strictObject({
  carrier: z.enum(carriers),
  accountId: z.string().min(1).max(64),
  from: e164,
  to: e164,
  caller: callerScript,
  /** How long the caller lets it ring. */
  patienceSeconds: z.int().min(1).max(600).default(60),
  /** The carrier's own limit, until the platform sets one. */
  timeLimitSeconds: z.int().min(1).max(14_400).default(14_400),
});

const MAX_WAIT_MS = 60_000;
const MAX_LISTED = 1_000;

/** `/__control/carriers/…`: accounts, who picks up, who calls, and what came of it. */
export class CarriersControl {
  readonly #board: Switchboard;

  constructor(board: Switchboard) {
    this.#board = board;
  }

  async answer(order: ControlOrder): Promise<unknown> {
    const [, what = '', id, part] = order.path.split('/');
    if (id !== undefined) return await this.#ofCall(order, decodeURIComponent(id), part);
    switch (`${order.method} ${what}`) {
      case 'POST accounts':
        return this.#register(order.body);
      case 'POST callees':
        return await this.#expect(order.body);
      case 'DELETE callees':
        this.#board.callees.clear();
        return {};
      case 'POST ring':
        return await this.#ring(order.body);
      case 'GET ledger':
        return this.#board.ledger.read(filterIn(order.query));
      case 'GET calls':
        return this.#calls(order.query);
      default:
        return undefined;
    }
  }

  #register(body: unknown): object {
    const account = accountOrder.parse(body);
    this.#board.accounts.register(account);
    return { carrier: account.carrier, accountId: account.accountId };
  }

  async #expect(body: unknown): Promise<object> {
    const order = calleeOrder.parse(body);
    await this.#board.options.voice.prepare(order.script);
    this.#board.callees.add(order);
    return {};
  }

  async #ring(body: unknown): Promise<object> {
    const order = ringOrder.parse(body);
    const account = this.#board.accounts.find(order.carrier, order.accountId);
    if (!account) throw new BadOrder('no such account: register it first');
    const urls = urlsOf(account, order.to);
    if (!urls) throw new BadOrder('the account has neither a webhookBaseUrl nor this number');
    await this.#board.options.voice.prepare(order.caller);
    const call = this.#board.begin({
      id: this.#board.options.dialects[order.carrier].newCallId(),
      account,
      direction: 'inbound',
      from: order.from,
      to: order.to,
      urls: urlsFor(order.carrier, urls),
      ringSeconds: order.patienceSeconds,
      timeLimitSeconds: order.timeLimitSeconds,
      script: order.caller,
    });
    return { id: call.id };
  }

  #calls(query: URLSearchParams): object {
    const { carrier, accountId } = filterIn(query);
    const calls = this.#board
      .calls()
      .filter(({ options: { account } }) => {
        const isCarriers = carrier === undefined || account.carrier === carrier;
        return isCarriers && (accountId === undefined || account.accountId === accountId);
      })
      .slice(-MAX_LISTED)
      .map(shortView);
    return { calls };
  }

  async #ofCall(order: ControlOrder, id: string, part: string | undefined): Promise<unknown> {
    const call = order.path.startsWith('/calls/') ? this.#board.find(id) : undefined;
    if (!call) return undefined;
    switch (`${order.method} ${part ?? ''}`) {
      case 'GET ':
        await waitForEnd(call, order.query);
        return fullView(call);
      case 'GET recording':
        return call.recording && { wav: call.recording.toString('base64') };
      case 'POST hang-up':
        call.end('completed', 'person');
        return {};
      default:
        return undefined;
    }
  }
}

/** Telnyx sends everything about a connection's calls to one URL. */
function urlsFor(
  carrier: (typeof carriers)[number],
  urls: { readonly answerUrl: string; readonly statusUrl: string },
): { readonly answer?: string; readonly status: string } {
  if (carrier === 'telnyx') return { status: urls.answerUrl };
  return { answer: urls.answerUrl, status: urls.statusUrl };
}

function filterIn(query: URLSearchParams): { carrier?: string; accountId?: string } {
  const carrier = query.get('carrier');
  const accountId = query.get('accountId');
  return { ...(carrier ? { carrier } : {}), ...(accountId ? { accountId } : {}) };
}

async function waitForEnd(call: CarrierCall, query: URLSearchParams): Promise<void> {
  const waitMs = Math.min(Number(query.get('waitMs') ?? 0) || 0, MAX_WAIT_MS);
  const stop = AbortSignal.timeout(waitMs);
  if (waitMs > 0) await call.finished(stop);
}

function shortView(call: CarrierCall): object {
  const { account, direction, from, to } = call.options;
  return {
    id: call.id,
    carrier: account.carrier,
    accountId: account.accountId,
    direction,
    from,
    to,
    state: call.state,
    outcome: call.outcome ?? null,
    endedBy: call.endedBy ?? null,
    durationSeconds: call.durationSeconds,
  };
}

function fullView(call: CarrierCall): object {
  return {
    ...shortView(call),
    createdAt: call.createdAt,
    answeredAt: call.answeredAt ?? null,
    endedAt: call.endedAt ?? null,
    isFinished: call.isFinished,
    heardDigits: call.heardDigits.join(''),
    notes: call.notes,
    deliveries: call.deliveries,
    report: call.report ?? call.leg?.caller.report() ?? null,
    hasRecording: call.recording !== undefined,
  };
}
