import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgentsApp } from '../../src/app/agents-app.js';
import { removeCarrierAccount, saveCarrierAccount } from '../../src/app/carrier-accounts.js';
import { createAgent } from '../../src/app/create-agent.js';
import { archiveAgent } from '../../src/app/edit-agent.js';
import {
  bindRoute,
  findRoutePage,
  readRoute,
  rebindRoute,
  releaseRoute,
} from '../../src/app/routes.js';
import { resolveRoute } from '../../src/app/runtime-lines.js';
import { World, byFor, newTenant } from '../support/world.js';

const number = '+15551230001';
const targetOf = ({ agent }: { readonly agent: string }) => ({
  ...{ agent, version: null, whenNoRoom: null },
});

describe('routes on real servers', () => {
  let world: World;
  let app: AgentsApp;
  let other: AgentsApp;
  beforeAll(async () => {
    world = await World.start();
    ({ app } = await world.replica());
    ({ app: other } = await world.replica());
  });
  afterAll(() => world.stop());

  async function tenantWithAgent() {
    const tenant = newTenant();
    const by = byFor(tenant);
    const { id: agent } = await createAgent(app, by, { name: 'Desk', system_prompt: 'Be kind.' });
    const { id: carrierAccount } = await saveCarrierAccount(app, by, {
      carrier: 'twilio',
      label: 'Main',
      accountId: 'AC1',
      authToken: 'some-token',
    });
    const target = { agent, version: null, whenNoRoom: null };
    const body = { carrierAccount, number, direction: 'inbound', ...target } as const;
    return { tenant, by, body };
  }

  it('S12 one of twenty who bind the same number and direction wins', async () => {
    const { tenant, body } = await tenantWithAgent();
    const racers = Array.from({ length: 20 }, (_, n) =>
      bindRoute(n % 2 === 0 ? app : other, byFor(tenant), body),
    );
    const ends = await Promise.allSettled(racers);
    const codes = ends.map((end) => (end.status === 'fulfilled' ? 'bound' : end.reason.code));
    expect(codes.toSorted()).toEqual(['bound', ...Array(19).fill('route.taken')]);
    const { routes } = await findRoutePage(app, byFor(tenant), { limit: 10 });
    expect(routes).toHaveLength(1);
    const ref = { tenant, aggregate: 'route', id: routes[0]?.id ?? '' };
    expect(await world.history(ref)).toHaveLength(1);
  });

  it('S12 the other direction, account or tenant is another route', async () => {
    const { by, body } = await tenantWithAgent();
    const stranger = await tenantWithAgent();
    const bound = [
      await bindRoute(app, by, body),
      await bindRoute(app, by, { ...body, direction: 'outbound' }),
      await bindRoute(app, stranger.by, stranger.body),
    ];
    expect(new Set(bound.map((route) => route.id)).size).toBe(3);
  });

  it('is rebound, released, and bound again', async () => {
    const { by, body } = await tenantWithAgent();
    const { id } = await bindRoute(app, by, body);
    const pinned = await rebindRoute(app, by, { id, body: { ...targetOf(body), version: 1 } });
    expect(pinned).toMatchObject({ version: 1, status: 'bound' });
    await releaseRoute(app, by, id);
    expect(await readRoute(app, by, id)).toMatchObject({ status: 'released' });
    await expect(rebindRoute(app, by, { id, body: targetOf(body) })).rejects.toMatchObject({
      code: 'route.released',
    });
    expect((await findRoutePage(app, by, { limit: 10 })).routes).toEqual([]);
    expect(await bindRoute(app, by, body)).toMatchObject({ id, status: 'bound', version: null });
  });

  it('answers a repeated request as the first one', async () => {
    const { tenant, body } = await tenantWithAgent();
    const first = await bindRoute(app, byFor(tenant, 'bind-1'), body);
    expect(await bindRoute(app, byFor(tenant, 'bind-1'), body)).toEqual(first);
    await expect(bindRoute(app, byFor(tenant, 'bind-2'), body)).rejects.toMatchObject({
      code: 'route.taken',
    });
  });

  it('refuses agents, versions and accounts that are not there or not ours', async () => {
    const { by, body } = await tenantWithAgent();
    const stranger = await tenantWithAgent();
    const wrong = [
      { ...body, agent: stranger.body.agent },
      { ...body, carrierAccount: stranger.body.carrierAccount },
      { ...body, version: 2 },
    ];
    const ends = await Promise.allSettled(wrong.map((one) => bindRoute(app, by, one)));
    const fields = ends.map((end) =>
      end.status === 'rejected' ? end.reason.details.field : 'bound',
    );
    expect(fields).toEqual(['agent', 'carrierAccount', 'version']);
  });

  it('keeps what callers get when there is no room, for numbers that are called', async () => {
    const { by, body } = await tenantWithAgent();
    const say = { do: 'say', text: 'Call us tomorrow.', language: 'en-GB' } as const;
    const { id, whenNoRoom } = await bindRoute(app, by, { ...body, whenNoRoom: say });
    expect(whenNoRoom).toEqual(say);
    const forward = { do: 'forward', to: '+15551230009' } as const;
    await rebindRoute(other, by, { id, body: { ...targetOf(body), whenNoRoom: forward } });
    expect(await readRoute(other, by, id)).toMatchObject({ whenNoRoom: forward });
    const { carrierAccount } = body;
    const asked = { carrierAccount, number, direction: 'inbound' } as const;
    expect(await resolveRoute(other, by, asked)).toMatchObject({ whenNoRoom: forward });
    const bad = { code: 'route.bad-target' };
    const toItself = { do: 'forward', to: number } as const;
    const loop = rebindRoute(app, by, { id, body: { ...targetOf(body), whenNoRoom: toItself } });
    await expect(loop).rejects.toMatchObject(bad);
    const outbound = bindRoute(app, by, { ...body, direction: 'outbound', whenNoRoom: say });
    await expect(outbound).rejects.toMatchObject(bad);
  });

  it('keeps an agent and an account while numbers belong to them', async () => {
    const { by, body } = await tenantWithAgent();
    const { id } = await bindRoute(app, by, body);
    await expect(archiveAgent(app, by, body.agent)).rejects.toMatchObject({ code: 'agent.in-use' });
    await expect(removeCarrierAccount(app, by, body.carrierAccount)).rejects.toMatchObject({
      code: 'carrier-account.in-use',
    });
    await releaseRoute(app, by, id);
    await archiveAgent(app, by, body.agent);
    await removeCarrierAccount(app, by, body.carrierAccount);
    await expect(bindRoute(app, by, body)).rejects.toMatchObject({ code: 'route.bad-target' });
  });
});
