import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { CarrierCall, Delivery } from './carrier-call.js';
import type { CallFaults, SignatureMood } from './carrier-faults.js';
import type { Headers, Post } from './signing.js';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type Sign = (post: Post) => Headers;

export interface CourierOptions {
  readonly call: CarrierCall;
  readonly faults: CallFaults;
  readonly sign: Sign;
  /** How often a webhook that was not taken is sent. */
  readonly attempts: number;
}

const DEADLINE_MS = 15_000;
const RETRY_MS = 1_000;
const MAX_ANSWER_BYTES = 100_000;
/** Shuffled news go the wrong way round within this. */
const SHUFFLE_STEP_MS = 300;
const MAX_DELIVERIES = 500;

/** Takes one call's webhooks to the platform, as badly as it was told to. */
export class Courier {
  readonly #options: CourierOptions;
  #inOrder: Promise<unknown> = Promise.resolve();
  readonly #underway = new Set<Promise<unknown>>();
  #shuffled = 0;

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /** News are sent one after the other and nobody waits for them. */
  tell(what: string, post: Post): void {
    const { faults } = this.#options;
    const waitMs = faults.webhookDelayMs();
    const copies = faults.has('webhook-twice') ? 2 : 1;
    if (waitMs > 0 || faults.has('webhooks-shuffled')) {
      // The first of each three comes last.
      const shuffleMs = waitMs > 0 ? 0 : SHUFFLE_STEP_MS * (2 - (this.#shuffled++ % 3));
      void this.#start(delay(waitMs + shuffleMs).then(() => this.#sendAll(what, post, copies)));
      return;
    }
    this.#inOrder = this.#start(this.#inOrder.then(() => this.#sendAll(what, post, copies)));
  }

  /** The answer document, or undefined when there is none to be had. */
  async ask(what: string, post: Post): Promise<Answer | undefined> {
    const mood = this.#options.faults.signature();
    return await this.#send(what, post, { mood, attempt: 1 });
  }

  /** Everything told so far has been taken or given up. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  #start(work: Promise<unknown>): Promise<unknown> {
    const safe = work.catch((error: unknown) =>
      this.#options.call.note(`webhook: ${String(error)}`),
    );
    this.#underway.add(safe);
    void safe.then(() => this.#underway.delete(safe));
    return safe;
  }

  async #sendAll(what: string, post: Post, copies: number): Promise<void> {
    const mood = this.#options.faults.signature();
    for (let copy = 0; copy < copies; copy += 1) await this.#sendStubbornly(what, post, mood);
  }

  async #sendStubbornly(what: string, post: Post, mood: SignatureMood): Promise<void> {
    for (let attempt = 1; attempt <= this.#options.attempts; attempt += 1) {
      const answer = await this.#send(what, post, { mood, attempt });
      if (answer && answer.status < 500) return;
      if (attempt < this.#options.attempts) await delay(RETRY_MS * attempt);
    }
  }

  async #send(
    what: string,
    post: Post,
    how: { readonly mood: SignatureMood; readonly attempt: number },
  ): Promise<Answer | undefined> {
    const { mood, attempt } = how;
    const headers = this.#headers(post, mood);
    const signature = mood === 'replayed' ? 'right' : mood;
    const answer = await this.#deliver({ what, post, headers }, { signature, attempt });
    if (mood === 'replayed') {
      await this.#deliver({ what, post, headers }, { signature: 'replayed', attempt });
    }
    return answer;
  }

  async #deliver(
    { what, post, headers }: Letter,
    how: Pick<Delivery, 'signature' | 'attempt'>,
  ): Promise<Answer | undefined> {
    const startedMs = performance.now();
    const { call } = this.#options;
    let answer: Answer | undefined;
    try {
      answer = await fetchAnswer(post, headers);
    } catch (error) {
      call.note(`${what} not delivered: ${reasonOf(error)}`);
    }
    const tookMs = Math.round(performance.now() - startedMs);
    const path = new URL(post.url).pathname;
    if (call.deliveries.length < MAX_DELIVERIES) {
      call.deliveries.push({
        ...how,
        what,
        path,
        tookMs,
        atMs: Date.now(),
        status: answer?.status ?? 0,
      });
    }
    return answer;
  }

  #headers(post: Post, mood: SignatureMood): Headers {
    if (mood === 'missing') return {};
    const { sign } = this.#options;
    return mood === 'wrong' ? sign({ ...post, url: `${post.url}/x`, json: 'x' }) : sign(post);
  }
}

interface Letter {
  readonly what: string;
  readonly post: Post;
  readonly headers: Headers;
}

function formOf(fields: Post['fields'] = []): string {
  const form = new URLSearchParams();
  for (const [name, value] of fields) form.append(name, value);
  return form.toString();
}

async function fetchAnswer({ url, fields, json }: Post, signed: Headers): Promise<Answer> {
  const type = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': type, ...signed },
    body: json ?? formOf(fields),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const body = (await response.text()).slice(0, MAX_ANSWER_BYTES);
  return { status: response.status, contentType: response.headers.get('content-type') ?? '', body };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
