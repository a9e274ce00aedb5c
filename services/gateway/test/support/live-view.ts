import { eventually } from '@trunkline/testing';
import type { World } from './world.js';

export interface Told {
  readonly id: string | undefined;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Opening {
  readonly token: string;
  readonly callId?: string;
  readonly lastEventId?: string | undefined;
}

/** One open `GET /v1/live`, as a client that reads all the time. */
export class LiveView {
  readonly events: Told[] = [];
  /** The ids that came with pings. */
  readonly pings: string[] = [];
  hasEnded = false;
  readonly #abort: AbortController;

  private constructor(
    readonly response: Response,
    abort: AbortController,
  ) {
    this.#abort = abort;
  }

  static async open(world: World, { token, callId, lastEventId }: Opening): Promise<LiveView> {
    const abort = new AbortController();
    const query = callId === undefined ? '' : `?callId=${callId}`;
    const response = await fetch(`${world.url}/v1/live${query}`, {
      headers: {
        authorization: `Bearer ${token}`,
        origin: 'https://console.test',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal: abort.signal,
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    const view = new LiveView(response, abort);
    void view.#read();
    return view;
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  /** What was said in the calls it is told of, in order. */
  get texts(): unknown[] {
    return this.events.filter(({ type }) => type === 'turn').map(({ data }) => data['text']);
  }

  async first(type: string): Promise<Told> {
    return eventually(() => {
      const found = this.events.find((event) => event.type === type);
      if (!found) throw new Error(`no ${type} in ${JSON.stringify(this.events)}`);
      return found;
    });
  }

  async ended(): Promise<void> {
    await eventually(() => this.hasEnded);
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    let pending = '';
    try {
      for await (const chunk of this.response.body ?? []) {
        pending += Buffer.from(chunk).toString('utf8');
        const blocks = pending.split('\n\n');
        pending = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block.split('\n'));
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
    this.hasEnded = true;
  }

  #take(lines: readonly string[]): void {
    const field = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const id = field('id');
    const data = field('data');
    if (data === undefined) this.pings.push(id ?? '');
    else this.events.push({ id, type: field('event') ?? '', data: JSON.parse(data) });
  }
}
