import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AllowedHosts } from '@trunkline/platform';
import { eventually } from '@trunkline/testing';
import { SignedWebhooks } from '../../src/adapters/tools/signed-webhooks.js';
import { webhookSignature } from '../../src/adapters/tools/webhook-signature.js';
import type { WebhookOrder } from '../../src/app/tools/ports.js';
import { ScriptedHttp } from '../support/scripted-http.js';

const secret = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const nowMs = 1_800_000_000_000;

describe('T10 webhooks over HTTP', () => {
  let shop: ScriptedHttp;
  let webhooks: SignedWebhooks;
  const order = (more: Partial<WebhookOrder> = {}): WebhookOrder => ({
    url: `${shop.url}/orders?v=1`,
    method: 'POST',
    tool: 'find_order',
    arguments: { id: 'Ä 7', deep: { a: 1 } },
    call: { id: 'call-1', agent: 'agent-1' },
    idempotencyKey: 'call-1:tc_1',
    signingSecret: secret,
    ...more,
  });

  beforeAll(async () => {
    shop = await ScriptedHttp.start();
    webhooks = new SignedWebhooks({
      allowedHosts: new AllowedHosts([new URL(shop.url).host]),
      nowMs: () => nowMs,
    });
  });
  afterAll(async () => {
    await webhooks.close();
    await shop.stop();
  });

  it('sends what was asked, signed, and hands the answer back', async () => {
    shop.answer = (_request, response) => void response.end('{"state":"sent"}');
    const answer = await webhooks.send(order(), 2000);
    expect(answer).toEqual({ kind: 'answered', status: 200, text: '{"state":"sent"}' });
    const [request] = shop.seen;
    if (!request) throw new Error('nothing was sent');
    expect(request).toMatchObject({ method: 'POST', path: '/orders?v=1' });
    expect(JSON.parse(request.body)).toEqual({
      type: 'tool.called',
      tool: 'find_order',
      arguments: { id: 'Ä 7', deep: { a: 1 } },
      call: { id: 'call-1', agent: 'agent-1' },
      idempotencyKey: 'call-1:tc_1',
    });
    const { headers, body } = request;
    const signed = { id: String(headers['webhook-id']), timestampSeconds: nowMs / 1000, body };
    expect(headers).toMatchObject({
      'idempotency-key': 'call-1:tc_1',
      'webhook-timestamp': '1800000000',
      'webhook-signature': webhookSignature(secret, signed),
    });
  });

  it('puts the arguments of a GET into its query', async () => {
    await webhooks.send(order({ method: 'GET', signingSecret: null }), 2000);
    const request = shop.seen.at(-1);
    const { searchParams } = new URL(request?.path ?? '', shop.url);
    expect(Object.fromEntries(searchParams)).toEqual({ v: '1', id: 'Ä 7', deep: '{"a":1}' });
    expect(request?.headers['webhook-signature']).toBeUndefined();
  });

  it('does not follow a redirect into our network', async () => {
    shop.answer = (_request, response) =>
      void response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    expect(await webhooks.send(order(), 2000)).toMatchObject({ kind: 'answered', status: 302 });
  });

  it('O16 gives up at the limit', async () => {
    shop.answer = () => undefined;
    expect(await webhooks.send(order(), 50)).toEqual({ kind: 'timeout' });
    await eventually(() => expect(shop.cutOff).toBe(1));
  });

  it('O16 says where a result that was promised can be asked for', async () => {
    shop.answer = (_request, response) =>
      void response.writeHead(202, { location: '/jobs/7', 'retry-after': '3' }).end('On it.');
    const promised = await webhooks.send(order(), 2000);
    const poll = { url: `${shop.url}/jobs/7`, afterMs: 3000 };
    expect(promised).toEqual({ kind: 'answered', status: 202, text: 'On it.', poll });
    const inside = { location: 'http://169.254.169.254/latest/meta-data' };
    shop.answer = (_request, response) => void response.writeHead(202, inside).end();
    const lured = await webhooks.send(order(), 2000);
    const url = lured.kind === 'answered' ? (lured.poll?.url ?? '') : '';
    expect(await webhooks.send(order({ method: 'GET', url }), 2000)).toMatchObject({
      kind: 'refused',
    });
  });

  it('reads no more of an answer than anybody needs', async () => {
    const before = shop.cutOff;
    shop.answer = (_request, response) => void response.end('x'.repeat(30_000_000));
    const answer = await webhooks.send(order(), 2000);
    expect(answer.kind === 'answered' && answer.text.length).toBe(262_144);
    await eventually(() => expect(shop.cutOff).toBe(before + 1));
  });

  it.each([
    'http://127.0.0.1:1/',
    'https://10.0.0.1/x',
    'https://127.0.0.1.nip.io/x',
    'https://localhost/x',
    'https://user:pw@example.com/',
    'not a url',
  ])('S5 refuses to call %s', async (url) => {
    expect(await webhooks.send(order({ url }), 1000)).toMatchObject({ kind: 'refused' });
  });

  it('says that nobody is there', async () => {
    const nowhere = 'http://127.0.0.1:9';
    const daring = new SignedWebhooks({ allowedHosts: new AllowedHosts(['127.0.0.1:9']) });
    expect(await daring.send(order({ url: `${nowhere}/x` }), 1000)).toEqual({
      kind: 'unreachable',
    });
    await daring.close();
  });
});
