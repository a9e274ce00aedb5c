import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';

const admin = path.join(import.meta.dirname, '../../../services/gateway/dist/admin.js');
const REQUEST_LIMIT_MS = 30_000;

export interface Client {
  get(path: string): Promise<unknown>;
  post(path: string, body: object): Promise<Record<string, unknown>>;
}

/** A tenant of its own on the platform that GATEWAY_URL names, and a client with its admin key. */
export async function openTenant(): Promise<Client> {
  const email = `bench-${randomUUID()}@example.com`;
  const tenant = await printed(['create-owner', '--email', email, '--tenant', 'Bench'], 'tenant');
  const key = await printed(['create-key', '--tenant', tenant, '--kind', 'admin'], 'key');
  const base = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:8080';
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const send = async (method: string, to: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${base}${to}`, {
      method,
      headers: { ...headers, ...(body ? { 'idempotency-key': randomUUID() } : {}) },
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${to}: ${response.status} ${text.slice(0, 200)}`);
    return text;
  };
  return {
    get: (to) => send('GET', to),
    post: async (to, body) =>
      JSON.parse(String(await send('POST', to, body))) as Record<string, unknown>,
  };
}

async function printed(args: readonly string[], name: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [admin, ...args]);
  const value = new RegExp(`^${name}: (.+)$`, 'm').exec(stdout)?.[1];
  if (!value) throw new Error(`npm run admin ${args[0]} printed no ${name}`);
  return value;
}
