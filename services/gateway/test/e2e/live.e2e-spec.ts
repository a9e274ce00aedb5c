import 'reflect-metadata';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { liveCallSubject, type LiveNews } from '@trunkline/contracts';
import { eventually } from '@trunkline/testing';
import type { NatsConnection } from '@nats-io/transport-node';
import { CallsNeighbour } from '../support/calls-neighbour.js';
import { LiveView } from '../support/live-view.js';
import { owner, World, type Person } from '../support/world.js';

describe('GET /v1/live', () => {
  const neighbour = new CallsNeighbour();
  const views: LiveView[] = [];
  let world: World;
  let voice: NatsConnection;
  let mine: Person;
  let stranger: Person;
  const env = { LIVE_PING_SECONDS: '1', LIVE_READERS_PER_TENANT: '3' };

  beforeAll(async () => {
    world = await World.start({ CORS_ORIGINS: 'https://console.test', ...env });
    await neighbour.start(world);
    voice = await world.servers.nats.connect({ user: 'voice' });
    mine = await owner(world, 'mine@example.com');
    stranger = await owner(world, 'stranger@example.com');
  }, 60_000);
  afterAll(async () => {
    await neighbour.stop();
    await world.stop();
  });
  beforeEach(() => neighbour.calls.clear());
  afterEach(() => {
    for (const view of views.splice(0)) view.close();
  });

  const open = async (more: Partial<Parameters<typeof LiveView.open>[1]> = {}) => {
    const view = await eventually(() => LiveView.open(world, { token: mine.token, ...more }));
    views.push(view);
    await view.first('snapshot');
    return view;
  };
  const tell = (tenant: string, callId: string, text: string): void => {
    const figures = { finalMs: 1, firstTokenMs: 2, firstByteMs: 3, firstFrameMs: 4 };
    const said = { who: 'agent', turn: 1, text, interrupted: false, ...figures } as const;
    const news: LiveNews = { type: 'turn', callId, at: '2026-01-01T00:00:00.000Z', ...said };
    voice.publish(liveCallSubject(tenant, callId, 'turn'), JSON.stringify(news));
  };

  it('begins with the calls that are live, then tells what happens in them', async () => {
    neighbour.put(mine.tenant, 'call-1', 'live');
    neighbour.put(mine.tenant, 'call-2', 'reconnecting');
    neighbour.put(mine.tenant, 'call-3', 'ended');
    neighbour.put(stranger.tenant, 'call-4', 'live');
    const view = await open();
    expect(view.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(view.response.headers.get('cache-control')).toBe('no-store');
    expect(view.response.headers.get('access-control-allow-origin')).toBe('https://console.test');
    const { data } = await view.first('snapshot');
    expect(data).toMatchObject({
      type: 'snapshot',
      calls: [{ id: 'call-1' }, { id: 'call-2' }],
      isComplete: true,
    });
    tell(mine.tenant, 'call-1', 'Hello.');
    const turn = await view.first('turn');
    expect(turn).toMatchObject({ id: expect.any(String), data: { text: 'Hello.', turn: 1 } });
  });

  it('V3 T19 tells nobody of the calls of another tenant', async () => {
    const view = await open();
    const theirs = await open({ token: stranger.token });
    tell(stranger.tenant, 'call-1', 'secret');
    tell(mine.tenant, 'call-1', 'mine');
    await view.first('turn');
    await theirs.first('turn');
    expect([view.texts, theirs.texts]).toEqual([['mine'], ['secret']]);
  });

  it('goes on after the last event id, and says so when it cannot', async () => {
    const view = await open();
    for (const text of ['one', 'two', 'three']) tell(mine.tenant, 'call-1', text);
    await eventually(() => expect(view.texts).toEqual(['one', 'two', 'three']));
    view.close();
    tell(mine.tenant, 'call-1', 'four');
    const { id } = await view.first('turn');
    const again = await open({ lastEventId: id });
    await eventually(() => expect(again.texts).toEqual(['two', 'three', 'four']));
    expect(again.types[0]).toBe('snapshot');
    expect(again.types).not.toContain('gap');
    for (const lastEventId of ['abc', 'abc-1', `${id}0000`]) {
      const lost = await open({ lastEventId });
      await lost.first('gap');
      expect(lost.types).toEqual(['snapshot', 'gap']);
      lost.close();
    }
  });

  it('shows one call only, and its pings are as good as events', async () => {
    neighbour.put(mine.tenant, 'call-1', 'live');
    neighbour.put(mine.tenant, 'call-2', 'live');
    const view = await open({ callId: 'call-2' });
    expect((await view.first('snapshot')).data).toMatchObject({ calls: [{ id: 'call-2' }] });
    tell(mine.tenant, 'call-1', 'not this');
    tell(mine.tenant, 'call-2', 'this');
    tell(mine.tenant, 'call-1', 'nor this');
    const { id } = await view.first('turn');
    const ping = await eventually(() => {
      const last = view.pings.find((one) => one !== id);
      if (last === undefined) throw new Error('no ping yet');
      return last;
    });
    expect(view.texts).toEqual(['this']);
    const again = await open({ lastEventId: ping });
    tell(mine.tenant, 'call-1', 'new');
    await again.first('turn');
    expect(again.texts).toEqual(['new']);
    const nobody = await open({ callId: 'nobodys' });
    expect((await nobody.first('snapshot')).data).toMatchObject({ calls: [] });
  });

  it('cuts off a reader that does not read, and keeps the others whole', async () => {
    const view = await open({ callId: 'call-1' });
    const answered = once(
      get(`${world.url}/v1/live`, { headers: { authorization: `Bearer ${mine.token}` } }),
      'response',
    );
    const [slow] = (await answered) as [IncomingMessage];
    const closed = once(slow.socket, 'close');
    const long = 'x'.repeat(20_000);
    for (let count = 0; count < 1500; count += 1) tell(mine.tenant, 'call-2', long);
    tell(mine.tenant, 'call-1', 'heard');
    await view.first('turn');
    await eventually(async () => {
      const metrics = await (await fetch(`${world.url}/metrics`)).text();
      expect(metrics).toMatch(/live_endings_total\{[^}]*why="overflow"[^}]*\} 1/);
    });
    slow.resume();
    await closed;
    expect(view.texts).toEqual(['heard']);
  });

  it('opens no more views of a tenant than allowed, and leaves the others theirs', async () => {
    for (let count = 0; count < 3; count += 1) await open();
    const refused = await world.ask('GET /v1/live', { token: mine.token });
    expect(refused).toMatchObject({ status: 429, body: { code: 'live.full' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await open({ token: stranger.token });
    views[0]?.close();
    await open();
  });

  it('lets in keys that may read calls, and refuses HEAD', async () => {
    const body = { name: 'live', kind: 'runtime', scopes: ['calls:read'] };
    const issued = await world.ask('POST /v1/api-keys', { token: mine.token, body });
    const view = await open({ token: issued.body.key });
    const head = await fetch(`${world.url}/v1/live`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${mine.token}` },
    });
    expect([head.status, head.headers.get('allow')]).toEqual([405, 'GET']);
    await world.ask(`DELETE /v1/api-keys/${issued.body.id}`, { token: mine.token });
    expect((await view.first('bye')).data).toMatchObject({ reason: 'credential' });
    await view.ended();
  });

  it('says that something was missed after NATS was away, and what is live since', async () => {
    const view = await open();
    tell(mine.tenant, 'call-1', 'before');
    const { id } = await view.first('turn');
    neighbour.put(mine.tenant, 'call-9', 'live');
    await world.servers.nats.restart();
    await view.first('gap');
    await eventually(() => expect(view.types).toEqual(['snapshot', 'turn', 'gap', 'snapshot']));
    expect(view.events.at(-1)?.data).toMatchObject({ calls: [{ id: 'call-9' }] });
    const again = await open({ lastEventId: id });
    await again.first('gap');
  });

  it('says goodbye when the replica goes', async () => {
    const view = await open();
    tell(mine.tenant, 'call-1', 'last words');
    await view.first('turn');
    expect(await world.gateway.stop()).toBe(0);
    await view.ended();
    expect(view.types).toEqual(['snapshot', 'turn', 'bye']);
    expect(view.events.at(-1)?.data).toMatchObject({ reason: 'shutdown' });
    await world.restart();
  });
});
