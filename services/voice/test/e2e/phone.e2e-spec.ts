import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallerWorld } from '@trunkline/testing/whole';

let world: CallerWorld;
beforeAll(async () => {
  world = await CallerWorld.start();
}, 120_000);
afterAll(async () => {
  await world?.stop();
});

async function script(name: string, content: object): Promise<string> {
  const path = join(world.platform.dir, `${name}.json`);
  await writeFile(path, JSON.stringify(content));
  return path;
}

const listen = { waitForAgent: { quietMs: 600 } };

describe('npm run call', () => {
  it('O1 a browser speaks on the same path as a telephone', async () => {
    const agent = await world.newAgent();
    const { code, text } = await world.phone(['--web', '--agent', agent, '--say', 'Are you open?']);
    expect(text).toMatch(/turn-user\s+caller Are you open\?/);
    expect(text).toContain('call.ended');
    expect(code).toBe(0);
  }, 60_000);

  it('O2 T2 tests an agent: said, tool called, ended by', async () => {
    const { id: tool } = await world.api<{ id: string }>('POST', '/v1/tools', {
      kind: 'internal',
      name: 'hang_up',
      description: 'Ends the call.',
      parameters: { type: 'object', properties: {} },
      action: 'hang-up',
      timeoutMs: 2000,
    });
    const agent = await world.newAgent({ tools: [{ tool, version: 1 }] });
    const steps = [listen, { say: 'Hello there' }, listen, { say: 'Goodbye' }];
    const held = { said: ['Hello there'], toolsCalled: ['hang_up'], endedBy: 'agent' };
    const broken = { said: ['We sell bicycles'], endedBy: 'caller' };
    const [good, bad] = await Promise.all([
      world.phone([
        '--web',
        '--agent',
        agent,
        '--script',
        await script('good', { steps, expect: held }),
      ]),
      world.phone([
        '--web',
        '--agent',
        agent,
        '--script',
        await script('bad', { steps, expect: broken }),
      ]),
    ]);
    expect(good.text).not.toContain('✖');
    expect(good.code).toBe(0);
    expect(bad.text).toContain('We sell bicycles');
    expect(bad.code).toBe(1);
  }, 90_000);
});
