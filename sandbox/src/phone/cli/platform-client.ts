import { randomUUID } from 'node:crypto';
import { Problem, reasonOf } from './problem.js';

export interface Login {
  readonly gatewayUrl: string;
  readonly email: string;
  readonly password: string;
}

const DEADLINE_MS = 15_000;

type Json = Readonly<Record<string, unknown>>;

/** The platform's API as any client uses it. */
export class PlatformClient {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  static async logIn({ gatewayUrl, email, password }: Login): Promise<PlatformClient> {
    const body = JSON.stringify({ email, password });
    const url = `${gatewayUrl}/v1/auth/login`;
    const answer = await ask(url, { method: 'POST', body, headers: jsonHeaders });
    return new PlatformClient(gatewayUrl, String(answer['accessToken']));
  }

  get authorization(): string {
    return `Bearer ${this.#token}`;
  }

  url(path: string): string {
    return `${this.#url}${path}`;
  }

  get(path: string): Promise<Json> {
    return ask(this.url(path), { headers: { authorization: this.authorization } });
  }

  /** Undefined where there is nothing yet, or nobody yet to say so. */
  async find(path: string): Promise<Json | undefined> {
    try {
      return await this.get(path);
    } catch (error) {
      if (error instanceof Refused && [404, 503].includes(error.status)) return undefined;
      throw error;
    }
  }

  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<Json> {
    const headers = {
      ...jsonHeaders,
      authorization: this.authorization,
      'idempotency-key': randomUUID(),
    };
    return ask(this.url(path), {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  }
}

const jsonHeaders = { 'content-type': 'application/json' };

class Refused extends Problem {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

async function ask(url: string, init: RequestInit): Promise<Json> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(DEADLINE_MS) });
  } catch (error) {
    throw new Problem(`${url} does not answer: ${reasonOf(error)}`);
  }
  const text = await response.text();
  if (!response.ok) throw new Refused(refusal(url, response.status, text), response.status);
  return text === '' ? {} : (JSON.parse(text) as Json);
}

/** Problem details as one line, without the body that may repeat what was sent. */
function refusal(url: string, status: number, text: string): string {
  const path = new URL(url).pathname;
  try {
    const { title, detail, code } = JSON.parse(text) as Json;
    const said = [title, detail].filter((one) => typeof one === 'string').join(': ');
    return `${path} answered ${status} ${typeof code === 'string' ? code : ''} ${said}`.trim();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `${path} answered ${status}`;
  }
}
