import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { CallerWorld, type Json } from '@trunkline/testing/whole';
import { Platform } from '@trunkline/testing/whole';
import { ScriptedHttp, type Answerer } from '../support/scripted-http.js';

interface CallEvent {
  readonly type: string;
  readonly data: Json;
}

const question = 'Where is my order?';
const filler = 'One moment, please.';
const asked = 'I have asked the shop.';
const news = 'It was sent yesterday.';
const listen = { waitForAgent: { quietMs: 1500, timeoutMs: 20_000 } };

/** The shop takes this long, which is over every budget. */
const TAKES_MS = 5000;

const shops: readonly (readonly [what: string, heard: readonly string[], shop: Answerer])[] = [
  [
    'takes five seconds: a filler, that it takes longer, then the result',
    [filler, asked, news],
    async (_request, response) => {
      await delay(TAKES_MS);
      response.end('sent yesterday');
    },
  ],
  [
    'answers 202 and has its result later: that it is being looked up, then the result',
    [asked, news],
    ({ method, path }, response) => {
      const isFirst = method === 'POST';
      if (!isFirst && path === '/jobs/7') return void response.end('sent yesterday');
      const location = isFirst ? '/jobs/6' : '/jobs/7';
      response.writeHead(202, { location, 'retry-after': '2' }).end('Being looked up.');
    },
  ],
];

describe('a tool that takes long, in a whole call', () => {
  let shop: ScriptedHttp;
  let platform: Platform;
  beforeAll(async () => {
    shop = await ScriptedHttp.start();
    const env = { TOOL_ALLOWED_HOSTS: new URL(shop.url).host };
    platform = await Platform.start({ env: { agents: env, voice: env } });
  }, 120_000);
  afterAll(async () => {
    await platform?.stop();
    await shop?.stop();
  });

  /** The model asks the shop, says so, and tells the result when it is news. */
  async function agentOf(world: CallerWorld, apiKey: string): Promise<string> {
    for (const provider of ['openai', 'cartesia']) {
      await world.api('POST', '/v1/credentials', { provider, label: 'Own', apiKey });
    }
    const tool = { name: 'find_order', arguments: { id: '7' } };
    const rules = [
      { when: { tool: 'find_order' }, say: asked },
      { when: 'order', tool },
    ];
    await world.control('POST', '/openai/script', { match: { key: apiKey }, rules });
    const told = { match: { key: apiKey, system: 'result of find_order' }, rules: [{ say: news }] };
    await world.control('POST', '/openai/script', told);
    const { id } = await world.api<{ id: string }>('POST', '/v1/tools', {
      ...{ kind: 'webhook', name: 'find_order', description: 'Finds an order.' },
      ...{ url: `${shop.url}/orders`, method: 'POST', timeoutMs: 20_000 },
      parameters: {
        ...{ type: 'object', properties: { id: { type: 'string' } } },
        ...{ required: ['id'], additionalProperties: false },
      },
    });
    const phrases = { filler: { afterMs: 1000, phrases: [filler] } };
    return world.newAgent({ tools: [{ tool: id, version: 1 }], ...phrases });
  }

  it.each(shops)(
    'O16 %s',
    async (_what, heard, answer) => {
      shop.answer = answer;
      shop.seen.length = 0;
      const world = await CallerWorld.tenantOn(platform);
      const apiKey = `key-${randomUUID()}`;
      const agent = await agentOf(world, apiKey);
      const line = await world.newLine('twilio', agent);
      await world.ring(line, [listen, { say: question }, { silence: 12_000 }, { hangUp: true }]);
      const { id } = await world.callOf(agent, (call) => expect(call.status).toBe('ended'));
      const events = await eventually(async () => {
        const log = await world.api<{ events: CallEvent[] }>('GET', `/v1/calls/${id}/events`);
        return log.events;
      });
      const said = events
        .filter(({ type }) => type === 'call.turn-agent')
        .map(({ data }) => String(data['heardText']))
        .join(' ');
      expect(said).toContain(asked);
      expect(said).toContain(news);
      expect(said.indexOf(asked)).toBeLessThan(said.indexOf(news));
      const returned = events.filter(({ type }) => type === 'call.tool-returned');
      expect(returned.map(({ data }) => data['outcome'])).toEqual(['acknowledged']);
      const spoken = await world.control<{ entries: { transcript: string }[] }>(
        'GET',
        `/cartesia/contexts?key=${apiKey}`,
      );
      const told = spoken.entries.map(({ transcript }) => transcript.trim());
      expect(told.filter((text) => [filler, asked, news].includes(text))).toEqual(heard);
      expect(shop.posts).toHaveLength(1);
    },
    120_000,
  );
});
