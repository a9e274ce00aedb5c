import { describe, expect, it } from '@jest/globals';
import { readManifests } from './manifests.ts';
import { checkDeployment } from './policies.ts';

const root = new URL('../..', import.meta.url).pathname;
const voice = (): Record<string, unknown> =>
  structuredClone(
    readManifests(root).find(
      (one) => one['kind'] === 'Deployment' && JSON.stringify(one).includes('"name":"voice"'),
    ),
  ) as Record<string, unknown>;

describe('checkDeployment', () => {
  it('finds nothing in ours', () => {
    expect(checkDeployment(voice())).toEqual([]);
  });

  it.each([
    ['a liveness probe', (text: string) => text.replaceAll('livenessProbe', 'x')],
    ['the version of the image', (text: string) => text.replace(':0.1.0', ':latest')],
    ['an hour to drain', (text: string) => text.replace('3660', '60')],
    ['a read-only root', (text: string) => text.replace('"readOnlyRootFilesystem":true', '"a":1')],
  ])('misses %s when it is taken away', (_name, spoil) => {
    const spoilt = JSON.parse(spoil(JSON.stringify(voice()))) as Record<string, unknown>;
    expect(checkDeployment(spoilt)).toHaveLength(1);
  });
});
