import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Desk } from '../core/desk.js';
import { doorFaults, streamFaults, type FaultFor } from '../core/faults.js';
import { Outlet } from '../core/outlet.js';
import type { Ledger } from '../model/ledger.js';
import type { Renderer } from '../model/rendered.js';
import {
  badRequest,
  contextClosed,
  errorMessage,
  serverError,
  tooMany,
  type CartesiaError,
} from './messages.js';
import { cancellation, generation, type Generation } from './requests.js';
import type { CartesiaSettings } from './settings.js';
import { SpeechContext, type ContextPorts } from './speech-context.js';

const MAX_FINISHED_IDS = 5000;

export const cartesiaFaults = [...doorFaults, ...streamFaults] as const;
type ContextFault = FaultFor<(typeof cartesiaFaults)[number]>;

/** What `GET /__control/cartesia/contexts` shows of one. */
export interface ToldContext {
  readonly id: string;
  readonly voice: string;
  readonly language: string | undefined;
  /** As it came, and as far as it was not held any longer. */
  transcript: string;
  spoken: string;
  sentMs: number;
  state: 'open' | 'ended' | 'cancelled';
}

export interface Shop {
  readonly desk: Desk;
  readonly renderer: Renderer;
  readonly settings: () => CartesiaSettings;
  readonly ledger: Ledger<ToldContext>;
  /** Contexts at work, by key, over all its sockets. */
  readonly atWork: Map<string, number>;
}

interface OpenContext {
  readonly context: SpeechContext;
  readonly told: ToldContext;
}

/** One socket: contexts that speak side by side, each in its own order. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #shop: Shop;
  readonly #key: string;
  readonly #outlet: Outlet;
  readonly #contexts = new Map<string, OpenContext>();
  /** Ended on this socket; the oldest are forgotten. */
  readonly #finished = new Set<string>();
  #usedAtMs = performance.now();
  #idleTimer: NodeJS.Timeout | undefined;

  static serve(socket: WebSocket, key: string, shop: Shop): void {
    const connection = new Connection(socket, key, shop);
    socket.on('message', (data: Buffer) => connection.#heard(data));
    socket.once('close', () => connection.#closed());
    connection.#watchIdle();
  }

  private constructor(socket: WebSocket, key: string, shop: Shop) {
    this.#socket = socket;
    this.#key = key;
    this.#shop = shop;
    this.#outlet = new Outlet(socket);
  }

  #heard(data: Buffer): void {
    this.#used();
    const message = jsonIn(data);
    const cancel = cancellation.safeParse(message);
    if (cancel.success) return this.#cancel(cancel.data.context_id);
    const request = generation.safeParse(message);
    if (request.success) return this.#generate(request.data);
    const issue = request.error.issues[0];
    const mistake = badRequest(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
    this.#refuse(mistake, contextIdIn(message));
  }

  #generate(request: Generation): void {
    const id = request.context_id ?? randomUUID();
    if (this.#finished.has(id)) return this.#refuse(contextClosed, id);
    const known = this.#contexts.get(id);
    const mistake = known ? push(known, request) : this.#open(id, request);
    if (mistake) this.#refuse(mistake, id);
  }

  #open(id: string, request: Generation): CartesiaError | undefined {
    const { desk, settings, atWork, ledger } = this.#shop;
    const working = atWork.get(this.#key) ?? 0;
    if (working >= settings().concurrency) return tooMany;
    const fault = desk.faults.take({
      provider: 'cartesia',
      kinds: cartesiaFaults,
      key: this.#key,
      text: `${id}\n${request.transcript}`,
    });
    const refusal = refusalOf(fault);
    if (refusal) {
      this.#finish(id);
      return refusal;
    }
    atWork.set(this.#key, working + 1);
    const told = ledger.add(this.#key, toldOf(id, request));
    const context = new SpeechContext(id, request, this.#portsFor(told, request, fault));
    const opened = { context, told };
    this.#contexts.set(id, opened);
    return push(opened, request);
  }

  #portsFor(told: ToldContext, request: Generation, fault: ContextFault | undefined): ContextPorts {
    const { id } = told;
    const { desk, renderer, settings } = this.#shop;
    const { encoding, sample_rate: rateHz } = request.output_format;
    const language = request.language ?? undefined;
    const outlet = this.#outletFor(fault);
    const slowMs = fault?.kind === 'slow' ? fault.delayMs : 0;
    const { firstByteMs, speed, expireMs } = settings();
    const stamp = (kind: 'tts-text' | 'tts-first-byte', text: string): void =>
      desk.stamps.add({ provider: 'cartesia', kind, id, text });
    return {
      timing: { firstByteMs: firstByteMs + slowMs, speed, expireMs },
      render: (text) => renderer.render(text, { encoding, rateHz, language }),
      send: (message) => {
        if (fault?.kind === 'stall') return;
        this.#used();
        outlet.send(JSON.stringify(message));
      },
      decided: (text) => {
        if (told.spoken === '') stamp('tts-text', text);
        told.spoken += text;
      },
      sounded: (durationMs, firstText) => {
        if (told.sentMs === 0) stamp('tts-first-byte', firstText);
        told.sentMs += durationMs;
      },
      ended: () => this.#ended(id),
      failed: (error) => this.#refuse({ ...serverError, message: String(error) }, id),
    };
  }

  /** Only a context with a fault gets its own: each listens to the socket. */
  #outletFor(fault: ContextFault | undefined): Outlet {
    switch (fault?.kind) {
      case 'die-in-middle':
      case 'stall-in-middle':
      case 'twice':
      case 'late':
      case 'out-of-order':
        return new Outlet(this.#socket, fault);
      default:
        return this.#outlet;
    }
  }

  #cancel(id: string): void {
    const { desk } = this.#shop;
    desk.counters.add('cartesia', 'cancels');
    desk.stamps.add({ provider: 'cartesia', kind: 'tts-cancel', id, text: '' });
    const opened = this.#contexts.get(id);
    if (!opened) return;
    opened.told.state = 'cancelled';
    opened.context.cancel();
  }

  #ended(id: string): void {
    const told = this.#contexts.get(id)?.told;
    if (!told) return;
    if (told.state === 'open') told.state = 'ended';
    this.#contexts.delete(id);
    const { atWork } = this.#shop;
    atWork.set(this.#key, (atWork.get(this.#key) ?? 1) - 1);
    this.#finish(id);
  }

  #finish(id: string): void {
    this.#finished.add(id);
    const [oldest] = this.#finished;
    if (this.#finished.size > MAX_FINISHED_IDS && oldest) this.#finished.delete(oldest);
  }

  #refuse(error: CartesiaError, contextId: string | undefined): void {
    const message = errorMessage(error, { requestId: randomUUID(), contextId });
    this.#outlet.send(JSON.stringify(message));
  }

  #used(): void {
    this.#usedAtMs = performance.now();
  }

  #watchIdle(): void {
    const { idleMs } = this.#shop.settings();
    const leftMs = this.#usedAtMs + idleMs - performance.now();
    if (leftMs <= 0) return this.#outlet.close(1000, 'connection idle');
    this.#idleTimer = setTimeout(() => this.#watchIdle(), leftMs);
  }

  #closed(): void {
    clearTimeout(this.#idleTimer);
    for (const { context } of this.#contexts.values()) context.cancel();
  }
}

function push({ context, told }: OpenContext, request: Generation): CartesiaError | undefined {
  told.transcript += request.transcript;
  return context.push(request);
}

const toldOf = (id: string, { voice, language }: Generation): ToldContext => ({
  id,
  voice: typeof voice === 'string' ? voice : voice.id,
  language: language ?? undefined,
  transcript: '',
  spoken: '',
  sentMs: 0,
  state: 'open',
});

function refusalOf(fault: ContextFault | undefined): CartesiaError | undefined {
  switch (fault?.kind) {
    case 'rate-limit':
      return tooMany;
    case 'server-error':
      return { ...serverError, status: fault.status };
    case 'refuse':
      return { ...badRequest(`Refused with ${fault.status}.`), status: fault.status };
    default:
      return undefined;
  }
}

function contextIdIn(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('context_id' in message)) return;
  return typeof message.context_id === 'string' ? message.context_id : undefined;
}

function jsonIn(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
