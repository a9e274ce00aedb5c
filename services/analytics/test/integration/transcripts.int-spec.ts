import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { putTogether } from '../../src/app/put-together.js';
import { getCall } from '../../src/app/read-calls.js';
import { contextOf, newTenant, World, type Replica } from '../support/world.js';

describe('the transcript of a call that has ended', () => {
  const tenant = newTenant();
  let world: World;
  let replicas: readonly Replica[];

  beforeAll(async () => {
    world = await World.start();
    replicas = [await world.replica(), await world.replica()];
  }, 30_000);
  afterAll(() => world.stop());

  const talk = [
    { type: 'call.started' },
    { type: 'call.turn-user' },
    { type: 'call.turn-agent' },
    { type: 'call.ended' },
  ];
  const analysisOf = (id: string) => world.history({ tenant, aggregate: 'analysis', id });
  const typesOf = async (id: string) => (await analysisOf(id)).map(({ type }) => type);

  it('V7 O11 is put together once, however many replicas there are and however often they hear', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `once-${index}`);
    const ended = await Promise.all(ids.map((id) => world.tell({ tenant, id }, talk)));
    for (const id of ids) {
      await eventually(async () => expect(await typesOf(id)).toHaveLength(1));
    }
    const again = ended.flatMap((event) => replicas.map(({ app }) => putTogether(app, event)));
    await Promise.all(again);
    for (const [index, id] of ids.entries()) {
      expect(await analysisOf(id)).toMatchObject([
        {
          type: 'analysis.transcript-ready',
          correlationId: id,
          causationId: ended[index]?.eventId,
          data: {
            callVersion: 4,
            state: 'awaiting-analysis',
            lines: [
              { who: 'caller', text: 'Hello' },
              { who: 'agent', text: 'Hello,', interrupted: true },
            ],
          },
        },
      ]);
    }
  });

  it('waits for the end of the call, and takes late words in', async () => {
    const of = { tenant, id: 'late' };
    await world.tell(of, talk.slice(0, 3));
    await world.tell({ tenant, id: 'after-late' }, talk);
    await eventually(async () => expect(await typesOf('after-late')).toHaveLength(1));
    expect(await typesOf('late')).toEqual([]);
    const late = {
      type: 'call.turn-user',
      data: { text: 'Late.', startedMs: 5000, endedMs: 5100 },
    };
    await world.tell(of, [{ type: 'call.ended' }, late]);
    await eventually(async () => {
      const last = (await analysisOf('late')).at(-1);
      expect(last?.data['lines']).toMatchObject([{}, {}, { text: 'Late.' }]);
    });
  });

  it('is awaited by the call’s own page, and forgotten with the call', async () => {
    const of = { tenant, id: 'forgotten' };
    await world.tell(of, talk);
    const read = () => getCall(replicas[0]?.app as Replica['app'], contextOf(tenant), of.id);
    await eventually(async () =>
      expect(await read()).toMatchObject({ status: 'ended', analysis: 'awaiting-analysis' }),
    );
    await world.tell(of, [{ type: 'call.erased' }]);
    await eventually(async () => {
      expect(await typesOf(of.id)).toEqual(['analysis.transcript-ready', 'analysis.erased']);
      expect(await read()).toMatchObject({
        ...{ transcript: [], from: null, to: null, recording: null, analysis: 'none' },
      });
    });
  });

  it('says nothing of what was said in any log line', () => {
    const lines = replicas.flatMap(({ logged }) => logged).join('');
    expect(lines).not.toMatch(/Hello|Late\.|\+1555/);
    expect(lines).not.toContain('"level":"error"');
  });
});
