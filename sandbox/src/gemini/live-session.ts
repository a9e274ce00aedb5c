import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Desk } from '../core/desk.js';
import { Outlet, type StreamFault } from '../core/outlet.js';
import type { StampKind } from '../core/stamps.js';
import type { Mind } from '../model/mind.js';
import type { Renderer } from '../model/rendered.js';
import type { EarEvent } from '../model/ear.js';
import { tokenCount } from '../model/tokens.js';
import {
  clientMessage,
  textIn,
  type FunctionResponse,
  type RealtimeInput,
  type Setup,
} from './client-message.js';
import { History } from './history.js';
import { liveConfig, type LiveConfig } from './live-config.js';
import { LiveEar } from './live-ear.js';
import { ModelTurn } from './model-turn.js';
import type { ServerMessage } from './server-message.js';
import type { GeminiSettings } from './settings.js';

const FAILED = 'Internal error encountered.';
const MAX_HANDLES = 1000;
const outputFormat = { encoding: 'pcm_s16le', rateHz: 24_000 } as const;

export interface GeminiShop {
  readonly desk: Desk;
  readonly mind: Mind;
  readonly renderer: Renderer;
  readonly settings: () => GeminiSettings;
  /** Sessions that may be resumed; the oldest are forgotten. */
  readonly handles: Map<string, History>;
}

export interface Admission {
  readonly key: string;
  readonly fault: StreamFault | undefined;
  readonly slowMs: number;
}

interface Live {
  readonly config: LiveConfig;
  readonly ear: LiveEar;
}

/** One live session: set up once, then sound in and sound out. */
export class LiveSession {
  readonly #id = randomUUID();
  readonly #socket: WebSocket;
  readonly #admission: Admission;
  readonly #shop: GeminiShop;
  readonly #outlet: Outlet;
  #live: Live | undefined;
  #history = new History();
  #turn: ModelTurn | undefined;
  /** Counts answers, so that one that took long to make is not spoken after an interruption. */
  #answers = 0;
  #goAwayTimer: NodeJS.Timeout | undefined;

  static serve(socket: WebSocket, admission: Admission, shop: GeminiShop): void {
    const session = new LiveSession(socket, admission, shop);
    socket.on('message', (data: Buffer) => session.#heard(data));
    socket.once('close', () => session.#closed());
  }

  private constructor(socket: WebSocket, admission: Admission, shop: GeminiShop) {
    this.#socket = socket;
    this.#admission = admission;
    this.#shop = shop;
    this.#outlet = new Outlet(socket, admission.fault);
  }

  /** The real one's JSON comes in binary messages. */
  #say(message: ServerMessage): void {
    this.#outlet.send(Buffer.from(JSON.stringify(message)));
  }

  #heard(data: Buffer): void {
    const parsed = clientMessage.safeParse(jsonIn(data));
    if (!parsed.success) return this.#socket.close(1007, 'Request contains an invalid argument.');
    const message = parsed.data;
    if ('setup' in message) return this.#set(message.setup);
    if (!this.#live) return this.#socket.close(1007, 'setup must be the first message');
    if ('realtimeInput' in message) return this.#input(message.realtimeInput, this.#live);
    if ('toolResponse' in message) return this.#results(message.toolResponse.functionResponses);
    const { turns = [], turnComplete } = message.clientContent;
    for (const turn of turns) if (turn.role !== 'model') this.#history.userSaid(textIn(turn));
    if (turnComplete !== false) this.#answer();
  }

  #set(setup: Setup): void {
    if (this.#live) return this.#socket.close(1007, 'setup must only be sent once');
    const resumed = this.#shop.handles.get(setup.sessionResumption?.handle ?? '');
    if (setup.sessionResumption?.handle !== undefined && !resumed) {
      return this.#socket.close(1007, 'BidiGenerateContent session not found');
    }
    const config = liveConfig(setup);
    this.#live = { config, ear: new LiveEar(this.#shop.desk.utterances, config.silenceMs) };
    this.#history = resumed ?? this.#history;
    this.#say({ setupComplete: {} });
    this.#tellHandle();
    const { goAwayAfterMs, goAwayTimeLeftMs } = this.#shop.settings();
    if (goAwayAfterMs === undefined) return;
    this.#goAwayTimer = setTimeout(() => this.#goAway(goAwayTimeLeftMs), goAwayAfterMs);
  }

  #goAway(timeLeftMs: number): void {
    this.#say({ goAway: { timeLeft: `${timeLeftMs / 1000}s` } });
    this.#goAwayTimer = setTimeout(() => {
      this.#socket.close(1011, 'The operation was aborted.');
    }, timeLeftMs);
  }

  #tellHandle(): void {
    if (this.#live?.config.isResumable !== true) return;
    const { handles } = this.#shop;
    const newHandle = randomUUID();
    handles.set(newHandle, this.#history);
    const [oldest] = handles.keys();
    if (handles.size > MAX_HANDLES && oldest !== undefined) handles.delete(oldest);
    this.#say({ sessionResumptionUpdate: { newHandle, resumable: true } });
  }

  #input(input: RealtimeInput, { config: { isManual }, ear }: Live): void {
    if (isManual && input.activityStart) this.#started();
    for (const blob of soundsIn(input)) {
      const events = ear.hear(blob);
      if (!events) return this.#socket.close(1007, `Unsupported MIME type: ${blob.mimeType}`);
      for (const event of isManual ? [] : events) this.#onHeard(event);
    }
    if (input.text !== undefined) this.#turnOver(input.text);
    const transcript = endsTurn(input, isManual) ? ear.takeTranscript() : '';
    if (transcript !== '') this.#turnOver(transcript);
  }

  #onHeard(event: EarEvent): void {
    if (event.kind === 'started') this.#started();
    else this.#turnOver(event.transcript);
  }

  #started(): void {
    this.#stamp('stt-speech-started', this.#id, '');
    if (this.#live?.config.mayInterrupt === false) return;
    const ids = [...this.#history.openCallIds];
    if (ids.length > 0) this.#say({ toolCallCancellation: { ids } });
    this.#history.dropCalls();
    this.#answers += 1;
    if (!this.#turn) return;
    this.#shop.desk.counters.add('gemini', 'cancels');
    this.#turn.interrupt();
    this.#turn = undefined;
  }

  #turnOver(transcript: string): void {
    this.#stamp('stt-end-of-turn', this.#id, transcript);
    if (this.#live?.config.transcribesInput) {
      this.#say({ serverContent: { inputTranscription: { text: transcript } } });
    }
    this.#history.userSaid(transcript);
    this.#answer();
  }

  #results(results: readonly FunctionResponse[]): void {
    const known = results.filter(({ id, response }) =>
      this.#history.answered(
        id,
        textOf(response?.['output'] ?? response?.['result'] ?? response ?? {}),
      ),
    );
    if (known.length > 0 && this.#history.openCallIds.length === 0) this.#answer();
  }

  #answer(): void {
    this.#turn?.stop();
    this.#turn = undefined;
    this.#answers += 1;
    if (!this.#live) return;
    const speaking = this.#speak(this.#answers, this.#live.config);
    speaking.catch(() => this.#socket.close(1011, FAILED));
  }

  async #speak(answer: number, config: LiveConfig): Promise<void> {
    const { mind, renderer, settings } = this.#shop;
    const startMs = performance.now();
    const { system, toolNames, answersInText, transcribesOutput } = config;
    const asked = this.#history.asked({ key: this.#admission.key, system, toolNames });
    const text = asked.userText ?? '';
    const decision = mind.decide(asked);
    const id = `${this.#id}/${answer}`;
    this.#stamp('llm-request', id, text);
    const isSpoken = !answersInText && decision.say !== '';
    const sound = isSpoken ? await renderer.render(decision.say, outputFormat) : undefined;
    if (answer !== this.#answers) return;
    const afterMs = (decision.firstTokenMs ?? settings().firstAudioMs) + this.#admission.slowMs;
    const plan = {
      decision,
      sound,
      withTranscription: transcribesOutput,
      promptTokens: tokenCount(`${system} ${text}`),
      settings: settings(),
      firstAtMs: Math.max(startMs + afterMs, performance.now()),
    };
    this.#turn = new ModelTurn(plan, {
      say: (message) => this.#say(message),
      firstSound: () => {
        this.#stamp('llm-first-token', id, text);
        this.#stamp('tts-first-byte', id, text);
      },
      ended: () => this.#ended(decision.toolCalls),
      failed: () => this.#socket.close(1011, FAILED),
    });
    this.#turn.start();
  }

  #ended(calls: readonly { readonly id: string; readonly name: string }[]): void {
    this.#turn = undefined;
    for (const { id, name } of calls) this.#history.called(id, name);
    if (calls.length === 0) this.#tellHandle();
  }

  #stamp(kind: StampKind, id: string, text: string): void {
    this.#shop.desk.stamps.add({ provider: 'gemini', kind, id, text });
  }

  #closed(): void {
    this.#answers += 1;
    this.#turn?.stop();
    clearTimeout(this.#goAwayTimer);
  }
}

const textOf = (result: unknown): string =>
  typeof result === 'string' ? result : JSON.stringify(result);

const soundsIn = ({ audio, mediaChunks = [] }: RealtimeInput): typeof mediaChunks =>
  audio ? [audio, ...mediaChunks] : mediaChunks;

function endsTurn({ activityEnd, audioStreamEnd }: RealtimeInput, isManual: boolean): boolean {
  return isManual ? Boolean(activityEnd) : audioStreamEnd === true;
}

function jsonIn(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
