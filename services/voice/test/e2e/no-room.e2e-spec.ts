import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { CallerWorld, type Json, type Line } from '@trunkline/testing/whole';
import { Platform } from '@trunkline/testing/whole';

const carriers = ['twilio', 'telnyx', 'plivo', 'vobiz'] as const;
const hangUp = { hangUp: true };
const notice = 'We are closed for today.';
const deputy = '+15559990001';

describe('a number whose pods are full', () => {
  let world: CallerWorld;
  let agent: string;
  let lines: readonly Line[];
  /** Keeps the only place there is. */
  let occupant: Promise<Json>;
  let isOver = false;

  beforeAll(async () => {
    const voice = { VOICE_MAX_CALLS: '1' };
    world = await CallerWorld.tenantOn(await Platform.start({ env: { voice } }));
    agent = await world.newAgent();
    lines = await Promise.all(carriers.map((carrier) => world.newLine(carrier, agent)));
    const [first] = lines;
    if (!first) throw new Error('no line');
    occupant = world.ring(first, [{ silence: 40_000 }, hangUp]).finally(() => {
      isOver = true;
    });
    await world.callOf(agent, ({ status }) => {
      if (status !== 'live') throw new Error(`still ${status}`);
    });
  }, 120_000);
  afterAll(async () => {
    await Promise.allSettled([occupant]);
    await world?.stop();
  });

  async function tell(line: Line, whenNoRoom: Json | null): Promise<void> {
    const path = `/v1/routes?carrierAccount=${line.carrierAccount}`;
    const { routes } = await eventually(() =>
      world.api<{ routes: { id: string; direction: string }[] }>('GET', path),
    );
    const route = routes.find(({ direction }) => direction === 'inbound');
    await world.api('PUT', `/v1/routes/${route?.id}`, { agent, whenNoRoom });
  }

  async function notesOf(line: Line): Promise<readonly string[]> {
    const call = await world.ring(line, [{ silence: 5000 }, hangUp]);
    return (call['notes'] as readonly { readonly what: string }[]).map(({ what }) => what);
  }

  it('speaks the text of the number with every carrier, or forwards the call', async () => {
    const say = { do: 'say', text: notice, language: 'en-GB' };
    await Promise.all(lines.map((line) => tell(line, say)));
    const spoken = await Promise.all(lines.map(notesOf));
    expect(spoken).toEqual(carriers.map(() => expect.arrayContaining([`says: ${notice}`])));
    await Promise.all(lines.map((line) => tell(line, { do: 'forward', to: deputy })));
    const forwarded = await Promise.all(lines.map(notesOf));
    expect(forwarded).toEqual(carriers.map(() => expect.arrayContaining([`bridged to ${deputy}`])));
    expect(isOver).toBe(false);
  }, 90_000);
});
