import {
  agentDefaults,
  type AgentConfig,
  type CallFact,
  type LiveNews,
} from '@trunkline/contracts';
import { Channel } from '@trunkline/kernel';
import type { CallParts } from '../../src/app/call/call-parts.js';
import type { TextShaper } from '../../src/app/call/mouth.js';
import { runCall, type LiveCall } from '../../src/app/call/run-call.js';
import type {
  EarNews,
  Speaking,
  Spoken,
  ToolOutcome,
  ToolSpec,
  TransferEnd,
  TransferWish,
} from '../../src/app/ports/index.js';
import type { ToolCall } from '../../src/domain/chat.js';
import { FakeLanguageModel } from '../fakes/fake-language-model.js';
import { FakeLine } from '../fakes/fake-line.js';
import { plainRules } from './turns.js';

/** Every word sounds this long, at once and completely. */
export const WORD_MS = 200;
const WORD_BYTES = (WORD_MS / 20) * 160;

/** A voice that speaks each word as soon as it is whole. */
export class FakeVoice implements Speaking {
  readonly #spoken = new Channel<Spoken>({ capacity: 10_000, whenFull: 'refuse' });
  #rest = '';
  #wordCount = 0;
  isCancelled = false;

  get spoken(): AsyncIterable<Spoken> {
    return this.#spoken;
  }

  say(text: string): Promise<void> {
    this.#rest += text;
    for (let at = this.#rest.search(/\S\s/); at >= 0; at = this.#rest.search(/\S\s/)) {
      this.#word(this.#rest.slice(0, at + 1).trim());
      this.#rest = this.#rest.slice(at + 2);
    }
    return Promise.resolve();
  }

  flush(): void {
    if (this.#rest.trim() !== '') this.#word(this.#rest.trim());
    this.#rest = '';
  }

  end(): void {
    this.flush();
    this.#spoken.close();
  }

  cancel(): void {
    this.isCancelled = true;
    this.#spoken.close();
  }

  #word(text: string): void {
    const startMs = this.#wordCount * WORD_MS;
    this.#wordCount += 1;
    this.#spoken.offer({ type: 'words', words: [{ text, startMs, endMs: startMs + WORD_MS }] });
    this.#spoken.offer({ type: 'audio', bytes: new Uint8Array(WORD_BYTES).fill(0x10) });
  }
}

/** Says what is written. */
export const plainShaper: TextShaper = {
  push: (text) => [{ written: text, spoken: text }],
  end: () => [],
};

export interface WorldOptions {
  readonly config?: Partial<AgentConfig>;
  readonly tool?: (call: ToolCall) => Promise<ToolOutcome>;
  readonly specs?: readonly ToolSpec[];
}

type FactData<Type extends CallFact['type']> = Extract<CallFact, { readonly type: Type }>['data'];

/** A whole call whose vendors are fakes: only the line and the rules are as in life. */
export class CallWorld {
  readonly line = new FakeLine();
  readonly model = new FakeLanguageModel();
  readonly ear = new Channel<EarNews>({ capacity: 1000, whenFull: 'refuse' });
  readonly facts: CallFact[] = [];
  readonly news: LiveNews[] = [];
  readonly voices: FakeVoice[] = [];
  readonly transfers: TransferWish[] = [];
  transferEnd: TransferEnd = { outcome: 'connected', reason: null, dial: 'dial-1' };
  readonly recorded: string[] = [];
  heardFrames = 0;
  keepsVendors = false;
  language = 'en';
  readonly call: LiveCall;

  constructor(options: WorldOptions = {}) {
    this.call = runCall(this.#parts(options));
  }

  hears(...news: readonly EarNews[]): void {
    for (const one of news) this.ear.offer(one);
  }

  ended(text: string): void {
    const about = { words: [], confidence: 0.9, language: null, untilMs: 0 };
    this.hears({ type: 'turn-ended', text, alternatives: [], ...about });
  }

  /** Lets everything that is due happen, while the line's own clock moves on. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 20) {
      await settle();
      this.line.advance(20);
    }
    await settle();
  }

  factsOf<Type extends CallFact['type']>(type: Type): FactData<Type>[] {
    return this.facts
      .filter((fact) => fact.type === type)
      .map(({ data }) => data as FactData<Type>);
  }

  /** Whatever state it is in. */
  async end(): Promise<void> {
    this.call.happen({ type: 'end-now', reason: 'manual_stopped', side: 'platform' });
    await this.call.ended;
  }

  #parts({ config = {}, tool, specs = [] }: WorldOptions): CallParts {
    const agent: AgentConfig = { ...agentDefaults, prompt: 'You book tables.', ...config };
    const access = { provider: 'fake', baseUrl: '', apiKey: '', owner: 't-1' };
    const { ear, line } = this;
    return {
      callId: 'call-1',
      line,
      rules: {
        ...plainRules,
        ...agent,
        recording: agent.recording.enabled,
        languages: ['en', 'es'],
      },
      config: agent,
      systemText: agent.prompt,
      ear: {
        send: () => void (this.heardFrames += 1),
        finalize: () => undefined,
        news: ear,
        close: () => ear.close(),
      },
      model: this.model,
      order: { access, model: 'fake-1' },
      voice: {
        open: () => {
          const voice = new FakeVoice();
          this.voices.push(voice);
          return Promise.resolve(voice);
        },
        shaper: () => plainShaper,
        speak: (language) => void (this.language = language),
        used: { provider: 'cartesia', model: 'sonic-3' },
      },
      tools: {
        specs,
        run: (call) => (tool ?? noTool)(call),
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
        transfer: (wish, { tell }) => {
          this.transfers.push(wish);
          tell({ stage: 'ringing', outcome: null, reason: null });
          return Promise.resolve(this.transferEnd);
        },
        withdrawTransfer: () => undefined,
      },
      live: (news) => void this.news.push(news),
      log: () => undefined,
      nowMs: () => line.nowMs,
      wallClock: () => new Date(line.nowMs),
      used: {
        stt: { provider: 'deepgram', model: 'flux-general-en' },
        llm: () => ({ provider: 'openai', model: 'gpt-4o-mini' }),
      },
      keepVendors: () => void (this.keepsVendors = true),
    };
  }
}

function noTool(call: ToolCall): Promise<ToolOutcome> {
  const result = { toolCall: call.id, tool: call.name, text: 'not allowed', action: null };
  return Promise.resolve({ result, outcome: 'refused', tookMs: 0 });
}

/** The microtasks of everything that was set off. */
async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
