import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Agent, request, type RequestOptions } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

const admin = path.join(import.meta.dirname, '../../../services/gateway/dist/admin.js');
const REQUEST_LIMIT_MS = 30_000;
const agent = new Agent({ keepAlive: true });

export interface Client {
  get(path: string): Promise<unknown>;
  post(path: string, body: object): Promise<Record<string, unknown>>;
}

/** A tenant of its own on the platform that GATEWAY_URL names, and a client with its admin key. */
export async function openTenant(): Promise<Client> {
  const email = `bench-${randomUUID()}@example.com`;
  const tenant = await printed(['create-owner', '--email', email, '--tenant', 'Bench'], 'tenant');
  const key = await printed(['create-key', '--tenant', tenant, '--kind', 'admin'], 'key');
  const base = gatewayUrl();
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const send = async (method: string, to: string, body?: object): Promise<string> => {
    const json = body && JSON.stringify(body);
    const { status, answer } = await exchange(
      new URL(to, base),
      { method, headers: { ...headers, ...(json && { 'idempotency-key': randomUUID() }) } },
      json,
    );
    if (status >= 300) throw new Error(`${method} ${to}: ${status} ${answer.slice(0, 200)}`);
    return answer;
  };
  return {
    get: (to) => send('GET', to),
    post: async (to, body) => JSON.parse(await send('POST', to, body)) as Record<string, unknown>,
  };
}

/**
 * The bare client of node: `fetch` takes three times the CPU, on the same cores as what is
 * measured. One connection per closed-loop client, kept alive.
 */
export function exchange(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<{ readonly status: number; readonly answer: string }> {
  const signal = AbortSignal.timeout(REQUEST_LIMIT_MS);
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, agent, signal }, (response) => {
      text(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, answer }),
        reject,
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

export function gatewayUrl(): string {
  return process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:8080';
}

async function printed(args: readonly string[], name: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [admin, ...args]);
  const value = new RegExp(`^${name}: (.+)$`, 'm').exec(stdout)?.[1];
  if (!value) throw new Error(`npm run admin ${args[0]} printed no ${name}`);
  return value;
}
