import { agentDefaults, type AgentConfig, type CallFact } from '@trunkline/contracts';
import { AppError, Channel } from '@trunkline/kernel';
import type { CallParts } from '../../src/app/call/call-parts.js';
import type { LiveCall } from '../../src/app/call/run-call.js';
import type { ConversationParts } from '../../src/app/conversation/conversation-parts.js';
import { runConversation } from '../../src/app/conversation/run-conversation.js';
import { phoneFormat, type EarNews } from '../../src/app/ports/index.js';
import type { ToolResult } from '../../src/domain/turn/turn-input.js';
import { FakeLanguageModel } from '../fakes/fake-language-model.js';
import { FakeLine } from '../fakes/fake-line.js';
import { FakeSpeechToSpeech } from '../fakes/fake-speech-to-speech.js';
import { FakeVoice, plainShaper } from './call-world.js';
import { plainRules } from './turns.js';

type FactData<Type extends CallFact['type']> = Extract<CallFact, { readonly type: Type }>['data'];

/** A whole speech-to-speech call whose model is a fake. */
export class ConversationWorld {
  readonly line = new FakeLine();
  readonly vendor = new FakeSpeechToSpeech();
  readonly facts: CallFact[] = [];
  readonly recorded: string[] = [];
  readonly call: LiveCall;

  /** Of the call that goes on cascaded, where one does. */
  readonly ear = new Channel<EarNews>({ capacity: 1000, whenFull: 'refuse' });
  readonly model = new FakeLanguageModel();
  readonly unheard: Uint8Array[] = [];
  /** Whether somebody else could go on, and whether there is a voice for the phrases. */
  readonly has = { cascaded: true, voice: true };

  constructor(
    config: Partial<AgentConfig> = {},
    action: ToolResult['action'] = null,
    { refuses }: { readonly refuses?: number } = {},
  ) {
    this.vendor.refuses(refuses);
    this.call = runConversation(this.#parts(config, action));
  }

  /** What was heard of the phrases, by kind. */
  get phrases(): string[] {
    return this.factsOf('call.turn-agent')
      .filter(({ llm }) => llm === null)
      .map(({ kind, heardText }) => `${kind}: ${heardText}`);
  }

  factsOf<Type extends CallFact['type']>(type: Type): FactData<Type>[] {
    return this.facts
      .filter((fact) => fact.type === type)
      .map(({ data }) => data as FactData<Type>);
  }

  /** Lets everything that is due happen, while the line's own clock moves on. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 20) {
      await settle();
      this.line.advance(20);
    }
    await settle();
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 5000;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error('it did not come to that');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async end(): Promise<void> {
    this.call.happen({ type: 'end-now', reason: 'manual_stopped', side: 'platform' });
    await this.call.ended;
  }

  #parts(config: Partial<AgentConfig>, action: ToolResult['action']): ConversationParts {
    const agent: AgentConfig = { ...agentDefaults, prompt: 'You book tables.', ...config };
    const { line, vendor } = this;
    const order = {
      access: { provider: 'fake', baseUrl: '', apiKey: '', owner: 't-1' },
      ...{ model: 'fake-1', voice: 'v', instructions: agent.prompt, language: 'en' },
      ...{ temperature: 0.5, tools: [], hears: phoneFormat, speaks: phoneFormat },
    };
    const parts: ConversationParts = {
      ...{ callId: 'call-1', line, config: agent, hears: phoneFormat, speaks: phoneFormat },
      rules: { ...plainRules, ...agent, recording: true, languages: ['en'] },
      used: { provider: 'fake', model: 'gpt-realtime' },
      open: (history, signal) => vendor.open({ ...order, history }, signal),
      tools: {
        specs: [],
        run: ({ id, name }) =>
          Promise.resolve({
            result: { toolCall: id, tool: name, text: 'ok', action },
            outcome: 'done',
            tookMs: 3,
          }),
      },
      recording: {
        begin: () => void this.recorded.push('begin'),
        heard: () => undefined,
        spoke: () => undefined,
        cleared: () => undefined,
        state: 'pending',
        finish: () => Promise.resolve(),
      },
      facts: {
        write: (fact) => void this.facts.push(fact),
        settled: () => Promise.resolve(),
      },
      leg: {
        hangUp: () => Promise.resolve(),
        transfer: () => Promise.resolve({ outcome: 'connected', reason: null, dial: null }),
        withdrawTransfer: () => undefined,
      },
      live: () => undefined,
      log: () => undefined,
      nowMs: () => line.nowMs,
      wallClock: () => new Date(line.nowMs),
      voice: {
        open: () =>
          this.has.voice
            ? Promise.resolve(new FakeVoice())
            : Promise.reject(new AppError('provider.unavailable')),
        shaper: () => plainShaper,
        speak: () => undefined,
        used: { provider: 'cartesia', model: 'sonic-3' },
      },
      cascaded: () => this.#cascaded(parts),
    };
    return parts;
  }

  #cascaded(parts: ConversationParts): CallParts {
    if (!this.has.cascaded) throw new AppError('provider.refused');
    return {
      ...parts,
      systemText: parts.config.prompt,
      ear: {
        send: (frame) => void this.unheard.push(frame.slice()),
        finalize: () => undefined,
        news: this.ear,
        close: () => this.ear.close(),
      },
      model: this.model,
      order: {
        access: { provider: 'fake', baseUrl: '', apiKey: '', owner: 't-1' },
        model: 'fake-1',
      },
      used: {
        stt: { provider: 'deepgram', model: 'flux-general-en' },
        llm: () => ({ provider: 'openai', model: 'gpt-4o-mini' }),
      },
      keepVendors: () => undefined,
    };
  }
}

/** The microtasks of everything that was set off. */
async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
