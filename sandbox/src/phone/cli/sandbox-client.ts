import type { CallerReport } from '../caller.js';
import type { CallerScript } from '../script.js';
import type { SpokenText } from '../voice.js';
import { Problem, reasonOf } from './problem.js';

export interface RingOrder {
  readonly carrier: string;
  readonly accountId: string;
  readonly from: string;
  readonly to: string;
  readonly caller: CallerScript;
}

export interface SimulatedCall {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly endedBy: string | null;
  readonly durationSeconds: number;
  readonly isFinished: boolean;
  readonly notes: readonly { readonly what: string }[];
  readonly report: CallerReport | null;
  readonly hasRecording: boolean;
}

const DEADLINE_MS = 40_000;
const WAIT_MS = 20_000;

/** The sandbox, told what to do. */
export class SandboxClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async register(account: object): Promise<void> {
    await this.#ask('/carriers/accounts', account);
  }

  /** The stand-ins that hear understand only what they were told is going to be said. */
  async willHear({ say, wav }: SpokenText): Promise<void> {
    await this.#ask('/utterances', { text: say, ...(wav === undefined ? {} : { audio: wav }) });
  }

  async ring(order: RingOrder): Promise<string> {
    const { id } = (await this.#ask('/carriers/ring', order)) as { readonly id: string };
    return id;
  }

  hangUp(id: string): Promise<unknown> {
    return this.#ask(`/carriers/calls/${encodeURIComponent(id)}/hang-up`, {});
  }

  /** Waits for the end of the call. */
  async finished(id: string, signal: AbortSignal): Promise<SimulatedCall> {
    for (;;) {
      const path = `/carriers/calls/${encodeURIComponent(id)}?waitMs=${WAIT_MS}`;
      const call = (await this.#ask(path)) as SimulatedCall;
      if (call.isFinished || signal.aborted) return call;
    }
  }

  async recording(id: string): Promise<Buffer> {
    const answer = await this.#ask(`/carriers/calls/${encodeURIComponent(id)}/recording`);
    return Buffer.from((answer as { readonly wav: string }).wav, 'base64');
  }

  async #ask(path: string, body?: object): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(`${this.#url}/__control${path}`, {
        ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
    } catch (error) {
      throw new Problem(`the sandbox at ${this.#url} does not answer: ${reasonOf(error)}`);
    }
    const text = await response.text();
    if (!response.ok) throw new Problem(`the sandbox refused ${path}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  }
}
