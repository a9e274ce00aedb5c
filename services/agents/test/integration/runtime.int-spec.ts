import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PLATFORM_TENANT, agentsRuntimeRequests as ask } from '@trunkline/contracts';
import { actingFor } from '@trunkline/platform';
import type { AgentsApp } from '../../src/app/agents-app.js';
import { byOf, type By } from '../../src/app/by.js';
import { removeCarrierAccount, saveCarrierAccount } from '../../src/app/carrier-accounts.js';
import { createAgent } from '../../src/app/create-agent.js';
import { saveCredential } from '../../src/app/credentials.js';
import { archiveAgent } from '../../src/app/edit-agent.js';
import { bindRoute, releaseRoute } from '../../src/app/routes.js';
import { runtimeConfig } from '../../src/app/runtime-config.js';
import { openCarrierAccount, resolveRoute } from '../../src/app/runtime-lines.js';
import { World, byFor, newTenant } from '../support/world.js';

const number = '+12025550101';

function service(name: 'voice' | 'gateway' | 'campaigns', tenant: string): By {
  return byOf(actingFor(name, { tenant, correlationId: 'c1' }));
}

describe('what a call asks the agents service', () => {
  let world: World;
  let app: AgentsApp;
  beforeAll(async () => {
    world = await World.start();
    ({ app } = await world.replica());
  });
  afterAll(() => world.stop());

  async function line() {
    const tenant = newTenant();
    const by = byFor(tenant);
    const { id: agent } = await createAgent(app, by, { name: 'Desk', system_prompt: 'Be kind.' });
    const { id: carrierAccount } = await saveCarrierAccount(app, by, {
      carrier: 'telnyx',
      label: 'Main',
      accountId: 'conn-1',
      apiKey: 'KEY0123456789',
      publicKey: `${'A'.repeat(43)}=`,
    });
    const bound = { carrierAccount, number, agent, version: null, whenNoRoom: null };
    const { id: route } = await bindRoute(app, by, { ...bound, direction: 'outbound' });
    return { tenant, by, agent, carrierAccount, route };
  }

  it('O8 gives the live version with the keys of the tenant, opened, the newest of each', async () => {
    const { tenant, by, agent } = await line();
    await saveCredential(app, by, { provider: 'openai', label: 'old', apiKey: 'sk-old-0001' });
    await saveCredential(app, by, { provider: 'openai', label: 'new', apiKey: 'sk-new-0002' });
    const asked = { agent, version: null, whenNoRoom: null };
    const config = await runtimeConfig(app, service('voice', tenant), asked);
    expect(config).toMatchObject({ agent, version: 1, name: 'Desk', tools: [] });
    expect(config.keys).toEqual([{ provider: 'openai', apiKey: 'sk-new-0002' }]);
    expect(ask.runtimeConfig.output.safeParse(config).success).toBe(true);
  });

  it('O8 refuses an agent of another tenant, an unknown version and an archived agent', async () => {
    const { tenant, agent, by, route } = await line();
    const from = (of: string, version: number | null = null) =>
      runtimeConfig(app, service('voice', of), { agent, version });
    await expect(from(newTenant())).rejects.toMatchObject({ code: 'request.not-found' });
    await expect(from(tenant, 7)).rejects.toMatchObject({ code: 'agent.no-such-version' });
    await releaseRoute(app, by, route);
    await archiveAgent(app, by, agent);
    await expect(from(tenant)).rejects.toMatchObject({ code: 'agent.archived' });
  });

  it('opens a carrier account by its id alone and says whose it is', async () => {
    const { tenant, by, carrierAccount, route } = await line();
    const asker = service('gateway', PLATFORM_TENANT);
    const opened = await openCarrierAccount(app, asker, carrierAccount);
    expect(opened).toMatchObject({ tenant, carrier: 'telnyx', secret: 'KEY0123456789' });
    expect(opened).toMatchObject({ accountId: 'conn-1', connectionId: 'conn-1' });
    const unknown = openCarrierAccount(app, asker, 'nobody');
    await expect(unknown).rejects.toMatchObject({ code: 'request.not-found' });
    await releaseRoute(app, by, route);
    await removeCarrierAccount(app, by, carrierAccount);
    const removed = openCarrierAccount(app, asker, carrierAccount);
    await expect(removed).rejects.toMatchObject({ code: 'request.not-found' });
  });

  it('finds the agent of a number, by account or where only one has it', async () => {
    const { tenant, by, agent, carrierAccount, route } = await line();
    const asker = service('campaigns', tenant);
    const asked = { number, direction: 'outbound', carrierAccount: null } as const;
    const expected = { route, agent, carrierAccount, version: null, whenNoRoom: null };
    expect(await resolveRoute(app, asker, asked)).toEqual(expected);
    expect(await resolveRoute(app, asker, { ...asked, carrierAccount })).toEqual(expected);
    const inbound = resolveRoute(app, asker, { ...asked, direction: 'inbound' });
    await expect(inbound).rejects.toMatchObject({ code: 'request.not-found' });
    const second = await saveCarrierAccount(app, by, {
      carrier: 'twilio',
      label: 'Second',
      accountId: 'AC2',
      authToken: 'some-token',
    });
    const bound = {
      number,
      direction: 'outbound',
      agent,
      version: null,
      whenNoRoom: null,
    } as const;
    await bindRoute(app, by, { ...bound, carrierAccount: second.id });
    const ambiguous = resolveRoute(app, asker, asked);
    await expect(ambiguous).rejects.toMatchObject({ code: 'route.bad-target' });
    await releaseRoute(app, by, route);
    const released = resolveRoute(app, asker, { ...asked, carrierAccount });
    await expect(released).rejects.toMatchObject({ code: 'request.not-found' });
  });

  it('S1 is answered to services alone', () => {
    for (const one of Object.values(ask)) expect(one.askers?.length).toBeGreaterThan(0);
  });
});
