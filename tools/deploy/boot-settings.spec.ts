import { describe, expect, it } from '@jest/globals';
import { schemaOf } from '../docs/config-page.ts';
import { refusedAtBoot } from './boot-settings.ts';
import { at, readManifests, workloadsOf, type Tree } from './manifests.ts';

const root = new URL('../..', import.meta.url).pathname;
const manifests = readManifests(root);
const shared = manifests.find((one) => one['kind'] === 'ConfigMap')?.['data'] as Tree;

async function refusedOf(
  spoil: (text: string) => string,
  more: Tree = {},
  service = 'gateway',
): Promise<string[]> {
  const schema = await schemaOf(root, service);
  if (!schema) throw new Error(`${service} is not built`);
  const ours = workloadsOf(manifests).find((one) => at(one, 'metadata.name') === service);
  const workload = JSON.parse(spoil(JSON.stringify(ours))) as Tree;
  return refusedAtBoot(workload, { ...shared, ...more }, schema).map(({ what }) => what);
}

describe('refusedAtBoot', () => {
  it('finds nothing in ours', async () => {
    expect(await refusedOf((text) => text)).toEqual([]);
  });

  it.each([
    ['is gone', (text: string) => text.replace('"SMTP_URL"', '"MAIL_FROM"')],
    ['may be absent', (text: string) => text.replace('"key":"url"', '"key":"url","optional":true')],
  ])('sees that production has no mail server when its address %s', async (_name, spoil) => {
    expect(await refusedOf(spoil)).toEqual([expect.stringContaining('SMTP_URL')]);
  });

  it('sees a value that the service would refuse', async () => {
    const refused = await refusedOf((text) => text, { LOG_LEVEL: 'loud' });
    expect(refused).toEqual([expect.stringContaining('LOG_LEVEL')]);
  });

  it.each([
    ['finds nothing in the address of a pod', (text: string) => text, []],
    [
      'sees an address that names what stands nowhere above it',
      (text: string) => text.replace('wss://$(VOICE_POD)', '$(POD)'),
      [expect.stringContaining('VOICE_RUNTIME_WS_BASE_URL')],
    ],
  ])('%s', async (_name, spoil, refused) => {
    expect(await refusedOf(spoil, {}, 'voice')).toEqual(refused);
  });
});
