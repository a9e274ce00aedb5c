import { beforeEach, describe, expect, it } from '@jest/globals';
import { internalActions, type ToolDefinition } from '@trunkline/contracts';
import { AppError, deferred } from '@trunkline/kernel';
import { FakeWebhooks } from '../../../test/fakes/fake-webhooks.js';
import { KnowledgeSource } from './ports.js';
import type { WebhookAnswer } from './ports.js';
import { ToolBelt } from './tool-belt.js';

const anyObject = { type: 'object', properties: {}, additionalProperties: false };

function internal(action: (typeof internalActions)[number], name = action): ToolDefinition {
  const common = { name, description: 'It does it', parameters: anyObject, timeoutMs: 2000 };
  return { kind: 'internal', action, ...common };
}

function webhook(timeoutMs: number): ToolDefinition {
  return {
    kind: 'webhook',
    name: 'find_order',
    description: 'Finds an order',
    parameters: {
      type: 'object',
      properties: { id: { type: 'string' } },
      required: ['id'],
      additionalProperties: false,
    },
    timeoutMs,
    url: 'https://shop.example.com/orders',
    method: 'POST',
  };
}

class Books extends KnowledgeSource {
  failsWith: unknown;
  override search(query: string) {
    if (this.failsWith) return Promise.reject(this.failsWith);
    const passage = { document: 'd1', title: 'Opening', text: 'We open at nine.' };
    return Promise.resolve(query === 'nothing' ? [] : [passage]);
  }
}

const transfers = [
  { name: 'Sales', to: '+15551230001', kind: 'cold' as const },
  { name: 'Help desk', to: '+15551230002', kind: 'warm' as const },
];

let webhooks: FakeWebhooks;
let knowledge: Books;
let slow: number;
let followed: string[];
const hooks = {
  onSlow: () => {
    slow += 1;
  },
  onFollowUp: (text: string) => void followed.push(text),
  signal: new AbortController().signal,
};

function belt(...definitions: ToolDefinition[]): ToolBelt {
  return new ToolBelt({
    tools: definitions.map((definition) => ({ definition })),
    transfers,
    call: { id: 'call-1', agent: 'agent-1' },
    webhooks,
    signingSecret: null,
    knowledge,
    budgetMs: 20,
    slowAfterMs: 10,
    pollMs: 1,
    followMs: 20,
  });
}

function asked(name: string, args: unknown, id = 'tc_1') {
  return { id, name, argumentsText: typeof args === 'string' ? args : JSON.stringify(args) };
}

beforeEach(() => {
  webhooks = new FakeWebhooks();
  knowledge = new Books();
  slow = 0;
  followed = [];
});

describe('tool belt', () => {
  it('S5 refuses a tool that the agent version does not pin', async () => {
    webhooks.answerAll({ kind: 'answered', status: 200, text: '' });
    const done = await belt(internal('hang-up')).run(asked('find_order', { id: '7' }), hooks);
    expect(done).toMatchObject({ outcome: 'refused', result: { action: null } });
    expect(webhooks.sent).toEqual([]);
  });

  it('S5 shows the model nothing but the pinned tools', () => {
    const { specs } = belt(webhook(2000), internal('transfer'));
    expect(specs.map((spec) => spec.name)).toEqual(['find_order', 'transfer']);
    expect(specs[1]?.parameters).toHaveProperty('properties.name');
  });

  describe('O15 internal actions', () => {
    it.each([
      ['hang-up', {}, { kind: 'hang-up' }],
      [
        'transfer',
        { name: 'help-desk', summary: 'Ann asks' },
        { kind: 'transfer', name: 'Help desk', summary: 'Ann asks' },
      ],
      ['send-dtmf', { digits: '12 3#' }, { kind: 'send-dtmf', digits: '123#' }],
    ] as const)('%s is handed to the call', async (action, args, expected) => {
      const done = await belt(internal(action)).run(asked(action, args), hooks);
      expect(done).toMatchObject({ outcome: 'done', result: { tool: action, action: expected } });
    });

    it('tells the model where it may transfer to when it names somebody else', async () => {
      const done = await belt(internal('transfer')).run(asked('transfer', { name: 'x' }), hooks);
      expect(done.outcome).toBe('failed');
      expect(done.result.text).toContain('Sales, Help desk');
    });
  });

  describe('O15 tenant functions', () => {
    it.each([
      ['mark-disposition', { disposition: 'sold', note: 'two' }, { name: 'sold', note: 'two' }],
      ['add-to-dnc', { reason: 'asked' }, { name: 'do-not-call', note: 'asked' }],
      [
        'schedule-callback',
        { at: '2026-11-23T10:00:00+01:00' },
        { name: 'callback-requested', note: '2026-11-23T10:00:00+01:00' },
      ],
    ] as const)('%s leaves a mark on the call', async (action, args, disposition) => {
      const done = await belt(internal(action)).run(asked(action, args), hooks);
      expect(done).toMatchObject({ outcome: 'done', disposition, result: { action: null } });
    });

    it('look-up-knowledge brings passages and says which documents they are from', async () => {
      const tools = belt(internal('look-up-knowledge', 'look-up-knowledge'));
      const done = await tools.run(asked('look-up-knowledge', { query: 'hours' }), hooks);
      expect(done.result.text).toContain('We open at nine.');
      expect(done.retrieval).toEqual({ query: 'hours', documents: ['d1'] });
    });

    it.each([
      [new AppError('service.timeout'), 'timeout'],
      [new TypeError('bug'), 'failed'],
    ])('survives documents that cannot be read: %s', async (error, outcome) => {
      knowledge.failsWith = error;
      const tools = belt(internal('look-up-knowledge'));
      const done = await tools.run(asked('look-up-knowledge', { query: 'hours' }), hooks);
      expect(done.outcome).toBe(outcome);
    });
  });

  describe('T10 webhooks', () => {
    it('sends the arguments once, with a key for this wish', async () => {
      webhooks.answerAll({ kind: 'answered', status: 200, text: '{"state":"sent"}' });
      const tools = belt(webhook(2000));
      const twice = [asked('find_order', { id: '7' }), asked('find_order', { id: '7' })];
      const [done, again] = await Promise.all(twice.map((call) => tools.run(call, hooks)));
      expect(done).toMatchObject({ outcome: 'done', result: { text: '{"state":"sent"}' } });
      expect(again).toBe(done);
      expect(webhooks.sent).toMatchObject([
        { tool: 'find_order', arguments: { id: '7' }, idempotencyKey: 'call-1:tc_1' },
      ]);
    });

    it.each([
      ['not JSON', '{"id":', 'not a JSON object'],
      ['a list', '[]', 'not a JSON object'],
      ['a missing field', '{}', 'id is missing'],
      ['an unknown field', '{"id":"1","x":2}', 'x is not allowed'],
    ])('does not send %s; the model is told why', async (_what, text, why) => {
      const done = await belt(webhook(2000)).run(asked('find_order', text), hooks);
      expect(done.outcome).toBe('failed');
      expect(done.result.text).toContain(why);
      expect(webhooks.sent).toEqual([]);
    });

    it.each([
      [{ kind: 'answered', status: 500, text: 'oops' }, 'failed'],
      [{ kind: 'answered', status: 202, text: '' }, 'acknowledged'],
      [{ kind: 'refused', reason: 'x' }, 'refused'],
      [{ kind: 'unreachable' }, 'failed'],
      [{ kind: 'timeout' }, 'timeout'],
    ] as const)('given %j, then the outcome is %s', async (answer, outcome) => {
      webhooks.answerAll(answer);
      const done = await belt(webhook(2000)).run(asked('find_order', { id: '7' }), hooks);
      expect(done.outcome).toBe(outcome);
    });

    it('cuts an answer that is too long for a model', async () => {
      webhooks.answerAll({ kind: 'answered', status: 200, text: 'x'.repeat(20_000) });
      const done = await belt(webhook(2000)).run(asked('find_order', { id: '7' }), hooks);
      expect(done.result.text.length).toBeLessThan(8100);
    });
  });

  describe('O16 the budget', () => {
    it('says that it is slow before the budget is over', async () => {
      const tools = belt(webhook(15));
      const running = tools.run(asked('find_order', { id: '7' }), {
        ...hooks,
        onSlow: () => {
          slow += 1;
          webhooks.answer(0, { kind: 'answered', status: 200, text: 'late' });
        },
      });
      expect(await running).toMatchObject({ outcome: 'done', result: { text: 'late' } });
      expect(slow).toBe(1);
    });

    it('acknowledges a long tool and brings its result later', async () => {
      const arrived = deferred<string>();
      const done = await belt(webhook(30_000)).run(asked('find_order', { id: '7' }), {
        ...hooks,
        onFollowUp: arrived.resolve,
      });
      expect(done.outcome).toBe('acknowledged');
      expect(webhooks.sent[0]?.timeoutMs).toBe(30_000);
      webhooks.answer(0, { kind: 'answered', status: 200, text: 'found' });
      expect(await arrived.promise).toBe('The result of find_order: found');
    });

    const accepted = (afterMs: number | null = null): WebhookAnswer => ({
      ...{ kind: 'answered', status: 202, text: 'On it.' },
      poll: { url: 'https://shop.example.com/orders/7/result', afterMs },
    });

    it('O16 asks for the result of what was only accepted, until it is there', async () => {
      const arrived = deferred<string>();
      const answers: WebhookAnswer[] = [
        accepted(),
        accepted(),
        { kind: 'timeout' },
        { kind: 'answered', status: 503, text: '' },
        { kind: 'answered', status: 200, text: 'found' },
      ];
      webhooks.answerInTurn(answers);
      const done = await belt(webhook(30_000)).run(asked('find_order', { id: '7' }), {
        ...hooks,
        onFollowUp: arrived.resolve,
      });
      expect(done).toMatchObject({ outcome: 'acknowledged', result: { text: 'On it.' } });
      expect(await arrived.promise).toBe('The result of find_order: found');
      expect(webhooks.sent.map(({ method, url }) => `${method} ${new URL(url).pathname}`)).toEqual([
        'POST /orders',
        ...Array<string>(4).fill('GET /orders/7/result'),
      ]);
      expect(new Set(webhooks.sent.map((one) => one.idempotencyKey)).size).toBe(1);
    });

    it('O16 tells when a result never came, and asks no more when the call is over', async () => {
      const arrived = deferred<string>();
      webhooks.answerAll(accepted());
      const order = asked('find_order', { id: '7' });
      await belt(webhook(30_000)).run(order, { ...hooks, onFollowUp: arrived.resolve });
      expect(await arrived.promise).toContain('did not answer in time');
      const asks = webhooks.sent.length;
      const over = { ...hooks, signal: AbortSignal.abort() };
      await belt(webhook(30_000)).run(order, over);
      expect([webhooks.sent.length, followed]).toEqual([asks + 1, []]);
    });

    it('never answers with a follow-up when it was in time', async () => {
      webhooks.answerAll({ kind: 'answered', status: 200, text: 'quick' });
      await belt(webhook(30_000)).run(asked('find_order', { id: '7' }), hooks);
      expect([slow, followed]).toEqual([0, []]);
    });

    it('refuses a ninth tool while eight are running', async () => {
      const tools = belt(webhook(15));
      const running = Array.from({ length: 9 }, (_, index) =>
        tools.run(asked('find_order', { id: '7' }, `tc_${index}`), hooks),
      );
      expect(await running.at(-1)).toMatchObject({ outcome: 'refused' });
      for (let index = 0; index < 8; index += 1) webhooks.answer(index, { kind: 'timeout' });
      await Promise.all(running);
    });
  });
});
