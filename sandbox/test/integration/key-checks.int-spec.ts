import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '../../src/start-sandbox.js';

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;
const version = { 'cartesia-version': '2025-04-16' };

type Case = readonly [
  provider: string,
  path: string,
  headersWith: (key: string) => Record<string, string>,
];
const cases: readonly Case[] = [
  ['deepgram', '/v1/projects', (key) => ({ authorization: `Token ${key}` })],
  ['openai', '/v1/models', (key) => ({ authorization: `Bearer ${key}` })],
  ['cartesia', '/voices?limit=1', (key) => ({ 'x-api-key': key, ...version })],
  ['twilio', '/2010-04-01/Accounts/AC1.json', (key) => ({ authorization: basic(`AC1:${key}`) })],
  ['telnyx', '/v2/balance', (key) => ({ authorization: `Bearer ${key}` })],
  ['plivo', '/v1/Account/MA1/', (key) => ({ authorization: basic(`MA1:${key}`) })],
  ['vobiz', '/api/v1/Account/MA1', (key) => ({ 'x-auth-id': 'MA1', 'x-auth-token': key })],
];

describe('the key checks of the sandbox', () => {
  let sandbox: Sandbox;
  const ask = (provider: string, path: string, headers: Record<string, string>) =>
    fetch(`${sandbox.url}/${provider}${path}`, { headers, signal: AbortSignal.timeout(5000) });
  const order = (body: unknown) =>
    fetch(`${sandbox.url}/__control`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    });

  beforeAll(async () => {
    sandbox = await startSandbox({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => sandbox.close());

  it.each(cases)(
    '%s accepts a key and refuses a bad one or none',
    async (provider, path, headersWith) => {
      const good = await ask(provider, path, headersWith('good-key'));
      expect([good.status, typeof (await good.json())]).toEqual([200, 'object']);
      expect((await ask(provider, path, headersWith('bad-key'))).status).toBe(401);
      expect((await ask(provider, path, {})).status).toBe(401);
      const other = path.replace('?', '/x?').replace(/$/, path.includes('?') ? '' : '/x');
      expect((await ask(provider, other, headersWith('good-key'))).status).toBe(404);
    },
  );

  it.each([
    ['twilio', '/2010-04-01/Accounts/AC1.json'],
    ['plivo', '/v1/Account/MA1/'],
  ])('%s wants the account of the path', async (provider, path) => {
    const answer = await ask(provider, path, { authorization: basic('other:good-key') });
    expect(answer.status).toBe(401);
  });

  it.each(cases)(
    '%s is in the mood it was told, as often as told',
    async (provider, path, headersWith) => {
      const status = async () => (await ask(provider, path, headersWith('good-key'))).status;
      await order({ provider, mood: 'rate-limited', times: 1 });
      expect([await status(), await status()]).toEqual([429, 200]);
      await order({ provider, mood: 'server-error', times: 1 });
      expect(await status()).toBe(503);
      await order({ provider, mood: 'stall', times: 1 });
      const stalled = fetch(`${sandbox.url}/${provider}${path}`, {
        signal: AbortSignal.timeout(100),
      });
      await expect(stalled).rejects.toThrow(/timeout/);
    },
  );

  it('refuses orders it does not understand', async () => {
    const statuses = await Promise.all(
      [{}, { provider: 'nobody', mood: 'stall' }, { provider: 'openai', mood: 'angry' }].map(
        async (body) => (await order(body)).status,
      ),
    );
    expect(statuses).toEqual([400, 400, 400]);
  });
});
