import { describe, expect, it } from '@jest/globals';
import { at, readManifests, workloadsOf, type Tree } from './manifests.ts';
import { checkPodAddresses, checkWorkload } from './policies.ts';

const root = new URL('../..', import.meta.url).pathname;
const manifests = readManifests(root);
const nameOf = (tree: Tree): unknown => at(tree, 'metadata.name');
const workload = (name: string): Tree =>
  workloadsOf(manifests).find((one) => nameOf(one) === name) as Tree;

function spoilt(name: string, spoil: (text: string) => string): Tree {
  return JSON.parse(spoil(JSON.stringify(workload(name)))) as Tree;
}

describe('checkWorkload', () => {
  it.each(['gateway', 'agents', 'voice', 'campaigns', 'analytics'])(
    'finds nothing in our %s',
    (name) => {
      expect(checkWorkload(workload(name))).toEqual([]);
    },
  );

  it.each([
    ['a liveness probe', (text: string) => text.replaceAll('livenessProbe', 'x')],
    ['the version of the image', (text: string) => text.replace(':0.1.0', ':latest')],
    ['grace for preStop and the budget', (text: string) => text.replace('3660', '3610')],
    ['an hour to drain', (text: string) => text.replace('"3600000"', '"600000"')],
    ['a read-only root', (text: string) => text.replace('"readOnlyRootFilesystem":true', '"a":1')],
    ['a kept journal', (text: string) => text.replace('trunkline/journal', 'elsewhere')],
    [
      'its port for Prometheus',
      (text: string) => text.replace('.io/port":"8082"', '.io/port":"1"'),
    ],
  ])('misses %s when it is taken away', (_name, spoil) => {
    expect(checkWorkload(spoilt('voice', spoil))).toHaveLength(1);
  });

  it('misses both folders when the claimed volume is gone', () => {
    const bare = spoilt('voice', (text) => text.replace('volumeClaimTemplates', 'x'));
    expect(checkWorkload(bare)).toHaveLength(2);
  });

  it('misses a rollout without a gap', () => {
    const gap = spoilt('gateway', (text) => text.replace('"maxUnavailable":0', '"a":1'));
    expect(checkWorkload(gap)).toHaveLength(1);
  });
});

describe('checkPodAddresses', () => {
  it('finds nothing in ours', () => {
    expect(checkPodAddresses(manifests, workload('voice'))).toEqual([]);
  });

  it.each([
    ['hides pods that are not ready', (text: string) => text.replace('NotReady', 'Ready')],
    ['spreads over all pods', (text: string) => text.replace('"None"', '"10.0.0.1"')],
    ['is called otherwise', (text: string) => text.replace('"name":"voice-pods"', '"name":"x"')],
  ])('sees a Service that %s', (_name, spoil) => {
    const spoiltOnes = JSON.parse(spoil(JSON.stringify(manifests))) as Tree[];
    expect(checkPodAddresses(spoiltOnes, workload('voice'))).toHaveLength(1);
  });
});
