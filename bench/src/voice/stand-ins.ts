import { getJson, postJson } from './http-json.js';

export interface Stamp {
  readonly provider: string;
  readonly kind: string;
  readonly id: string;
  readonly text: string;
  readonly epochMs: number;
}

interface Control {
  readonly providers: Readonly<Record<string, { readonly connectionsOpened: number }>>;
}

export interface Opened {
  readonly deepgram: number;
  readonly openai: number;
  readonly cartesia: number;
}

export const agentAnswer =
  'Yes, of course. We are open every day from nine in the morning, and we have room for you.';
export const agentGreeting = 'Hello, how can I help you?';

/** The vendors' stand-ins, with fixed delays and one known answer. */
export class StandIns {
  #next = 0;

  constructor(private readonly url: string) {}

  async prepare(): Promise<void> {
    const rules = [{ when: { any: true }, say: agentAnswer }];
    await postJson(`${this.url}/__control/openai/script`, { rules });
    await postJson(`${this.url}/__control/cartesia/prepare`, {
      texts: [agentGreeting, agentAnswer],
    });
  }

  /** Stamps since the last look. */
  async stamps(): Promise<Stamp[]> {
    const { stamps, next } = await getJson<{ stamps: Stamp[]; next: number }>(
      `${this.url}/__control/stamps?since=${this.#next}`,
    );
    this.#next = next;
    return stamps;
  }

  /** Since the sandbox began, by vendor. */
  async connectionsOpened(): Promise<Opened> {
    const { providers } = await getJson<Control>(`${this.url}/__control`);
    const by = (name: string): number => providers[name]?.connectionsOpened ?? 0;
    return { deepgram: by('deepgram'), openai: by('openai'), cartesia: by('cartesia') };
  }

  async loopP99Ms(): Promise<number> {
    return (await getJson<{ p99Ms: number }>(`${this.url}/__control/loop`)).p99Ms;
  }
}
