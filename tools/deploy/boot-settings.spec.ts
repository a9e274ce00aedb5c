import { describe, expect, it } from '@jest/globals';
import { schemaOf } from '../docs/config-page.ts';
import { refusedAtBoot } from './boot-settings.ts';
import { at, readManifests, type Tree } from './manifests.ts';

const root = new URL('../..', import.meta.url).pathname;
const manifests = readManifests(root);
const shared = manifests.find((one) => one['kind'] === 'ConfigMap')?.['data'] as Tree;
const gateway = manifests.find(
  (one) => one['kind'] === 'Deployment' && at(one, 'metadata.name') === 'gateway',
) as Tree;

async function refusedOf(spoil: (text: string) => string, more: Tree = {}): Promise<string[]> {
  const schema = await schemaOf(root, 'gateway');
  if (!schema) throw new Error('the gateway is not built');
  const deployment = JSON.parse(spoil(JSON.stringify(gateway))) as Tree;
  return refusedAtBoot(deployment, { ...shared, ...more }, schema).map(({ what }) => what);
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
});
