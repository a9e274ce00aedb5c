import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { chatStandIn } from '../../src/openai/stand-in.js';
import { startSandbox, type Sandbox } from '../../src/start-sandbox.js';

let sandbox: Sandbox;
const post = (path: string, body: object) =>
  fetch(`${sandbox.url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer good', 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5000),
  });

beforeAll(async () => {
  const settings = { host: '127.0.0.1', port: 0, connectDelayMs: 0 };
  sandbox = await startSandbox(settings, [(desk) => chatStandIn(desk, 'acme')]);
});
afterAll(() => sandbox.close());

it('speaks like OpenAI under another name, and takes the faults told to that name', async () => {
  const ask = async () => {
    const messages = [{ role: 'user', content: 'Hi' }];
    return (await post('/acme/v1/chat/completions', { model: 'any', messages })).status;
  };
  const fault = { kind: 'server-error', status: 503 };
  expect((await post('/__control', { provider: 'acme', fault, times: 1 })).status).toBe(200);
  expect([await ask(), await ask()]).toEqual([503, 200]);
});
