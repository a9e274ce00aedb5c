import type { WebSocket } from 'ws';
import { Outlet, type StreamFault } from '../../core/outlet.js';
import type { Desk } from '../../core/desk.js';
import type { Mind } from '../../model/mind.js';
import type { Renderer } from '../../model/rendered.js';
import { tokenCount } from '../../model/tokens.js';
import { clientEvent, type ClientEvent, type ResponseOrder } from './client-event.js';
import { Conversation } from './conversation.js';
import { InputBuffer } from './input-buffer.js';
import { ResponseRun, type ResponseTiming } from './response-run.js';
import { errorEvent, newId, textOf, type Mistake, type ServerEvent } from './server-event.js';
import { SessionConfig } from './session-config.js';

export interface RealtimeShop {
  readonly desk: Desk;
  readonly mind: Mind;
  readonly renderer: Renderer;
  readonly timing: () => ResponseTiming & { readonly transcriptionMs: number };
}

export interface Admission {
  readonly key: string;
  readonly model: string;
  readonly fault: StreamFault | undefined;
  /** Each answer starts so much later. */
  readonly slowMs: number;
}

/** One realtime session. */
export class RealtimeConnection {
  readonly #id = newId('sess');
  readonly #shop: RealtimeShop;
  readonly #admission: Admission;
  readonly #outlet: Outlet;
  readonly #socket: WebSocket;
  readonly #config: SessionConfig;
  readonly #conversation: Conversation;
  readonly #input: InputBuffer;
  #response: ResponseRun | undefined;

  static serve(socket: WebSocket, admission: Admission, shop: RealtimeShop): void {
    const connection = new RealtimeConnection(socket, admission, shop);
    socket.on('message', (data: Buffer) => connection.#heard(data));
    socket.once('close', () => connection.#closed());
    connection.#say({ type: 'session.created', session: connection.#config.shown() });
  }

  private constructor(socket: WebSocket, admission: Admission, shop: RealtimeShop) {
    this.#socket = socket;
    this.#shop = shop;
    this.#admission = admission;
    this.#outlet = new Outlet(socket, admission.fault);
    this.#config = new SessionConfig(admission.model);
    const say = (event: ServerEvent): void => this.#say(event);
    this.#conversation = new Conversation(say);
    this.#input = new InputBuffer({
      say,
      desk: shop.desk,
      sessionId: this.#id,
      config: this.#config,
      conversation: this.#conversation,
      transcriptionMs: () => shop.timing().transcriptionMs,
      interrupted: () => this.#response?.cancel('turn_detected'),
      turnEnded: () => this.#respond({}),
    });
  }

  #closed(): void {
    this.#input.close();
    this.#response?.abandon();
  }

  #say(event: ServerEvent): void {
    this.#outlet.send(textOf(event));
  }

  #heard(data: Buffer): void {
    const parsed = clientEvent.safeParse(jsonIn(data));
    if (parsed.success) {
      const mistake = this.#handle(parsed.data);
      if (mistake) this.#say(errorEvent({ ...mistake, eventId: parsed.data.event_id }));
      return;
    }
    const issue = parsed.error.issues[0];
    const param = issue?.path.join('.') ?? '';
    const message = `Invalid value for '${param}': ${issue?.message ?? ''}`;
    this.#say(errorEvent({ code: 'invalid_value', message, param }));
  }

  #handle(event: ClientEvent): Mistake | undefined {
    switch (event.type) {
      case 'session.update':
        this.#config.update(event.session);
        if (event.session.audio?.input) this.#input.configured();
        this.#say({ type: 'session.updated', session: this.#config.shown() });
        return undefined;
      case 'input_audio_buffer.append':
        return this.#input.append(event.audio);
      case 'input_audio_buffer.commit':
        return this.#input.commit();
      case 'input_audio_buffer.clear':
        this.#input.clear();
        return undefined;
      case 'response.create':
        return this.#respond(event.response ?? {});
      case 'response.cancel':
        return this.#cancel(event.response_id);
      default:
        return this.#handleItem(event);
    }
  }

  #handleItem(
    event: Extract<ClientEvent, { type: `conversation.item.${string}` }>,
  ): Mistake | undefined {
    switch (event.type) {
      case 'conversation.item.create':
        return this.#conversation.create(event.item);
      case 'conversation.item.retrieve':
        return this.#conversation.retrieve(event.item_id);
      case 'conversation.item.delete':
        return this.#conversation.delete(event.item_id);
      case 'conversation.item.truncate': {
        const { item_id: id, content_index: index, audio_end_ms: endMs } = event;
        return this.#conversation.truncate(id, index, endMs);
      }
    }
  }

  #respond(order: ResponseOrder): Mistake | undefined {
    if (this.#response) {
      const code = 'conversation_already_has_active_response';
      return { code, message: 'Conversation already has an active response.' };
    }
    const { mind, timing, renderer } = this.#shop;
    const config = this.#config;
    const { key, slowMs } = this.#admission;
    const system = order.instructions ?? config.instructions;
    const tools = order.tools ?? config.tools;
    const isToolless = (order.tool_choice ?? config.toolChoice) === 'none';
    const toolNames = isToolless ? [] : tools.flatMap(({ name }) => name ?? []);
    const asked = this.#conversation.asked({ key, system, toolNames });
    const text = asked.userText ?? '';
    const { firstAudioMs, tokenMs, speed } = timing();
    const plan = {
      decision: mind.decide(asked),
      modality: order.output_modalities?.[0] ?? config.modality,
      format: config.outputFormat,
      promptTokens: tokenCount(`${system} ${text}`),
    };
    const run: ResponseRun = new ResponseRun(plan, {
      say: (event) => this.#say(event),
      conversation: this.#conversation,
      renderer,
      timing: { firstAudioMs: firstAudioMs + slowMs, tokenMs, speed },
      firstSound: () => {
        this.#stamp('llm-first-token', run.id, text);
        this.#stamp('tts-first-byte', run.id, text);
      },
      ended: () => (this.#response = undefined),
      failed: () => this.#socket.close(1011, 'internal error'),
    });
    this.#response = run;
    this.#stamp('llm-request', run.id, text);
    run.start().catch(() => this.#socket.close(1011, 'internal error'));
    return undefined;
  }

  #cancel(responseId: string | undefined): Mistake | undefined {
    const run = this.#response;
    if (!run || (responseId !== undefined && responseId !== run.id)) {
      const message = 'Cancellation failed: no active response found';
      return { code: 'response_cancel_not_active', message };
    }
    this.#shop.desk.counters.add('openai', 'cancels');
    run.cancel('client_cancelled');
    return undefined;
  }

  #stamp(
    kind: 'llm-request' | 'llm-first-token' | 'tts-first-byte',
    id: string,
    text: string,
  ): void {
    this.#shop.desk.stamps.add({ provider: 'openai', kind, id, text });
  }
}

function jsonIn(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
