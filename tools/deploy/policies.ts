import { at, type Tree } from './manifests.ts';

export interface Broken {
  readonly where: string;
  readonly what: string;
}

const required: readonly (readonly [string, (value: unknown) => boolean, string])[] = [
  ['startupProbe.httpGet.path', (value) => value === '/livez', 'a startup probe on /livez'],
  ['livenessProbe.httpGet.path', (value) => value === '/livez', 'a liveness probe on /livez'],
  ['readinessProbe.httpGet.path', (value) => value === '/readyz', 'a readiness probe on /readyz'],
  ['resources.limits.memory', Boolean, 'a memory limit'],
  ['resources.requests.cpu', Boolean, 'a cpu request'],
  ['securityContext.readOnlyRootFilesystem', (value) => value === true, 'a read-only root'],
  ['securityContext.allowPrivilegeEscalation', (value) => value === false, 'no escalation'],
  ['image', (value) => /:\d+\.\d+\.\d+$/.test(String(value)), 'an image with an exact version'],
];

/** What we insist on for every Deployment, whatever the cluster would let pass. */
export function checkDeployment(deployment: Tree): Broken[] {
  const where = String(at(deployment, 'metadata.name'));
  const pod = at(deployment, 'spec.template.spec');
  const container = (at(pod, 'containers') as readonly Tree[])[0];
  const missing = required
    .filter(([path, fits]) => !fits(at(container, path)))
    .map(([, , what]) => ({ where, what: `needs ${what}` }));
  const extra: (readonly [boolean, string])[] = [
    [at(pod, 'securityContext.runAsNonRoot') === true, 'needs runAsNonRoot'],
    [at(pod, 'automountServiceAccountToken') === false, 'needs no service account token'],
    [Number(at(pod, 'terminationGracePeriodSeconds')) >= 30, 'needs 30 s of grace or more'],
    [
      where !== 'voice' || Number(at(pod, 'terminationGracePeriodSeconds')) >= 3660,
      'voice drains for an hour: needs 3660 s of grace',
    ],
    [at(deployment, 'spec.strategy.rollingUpdate.maxUnavailable') === 0, 'needs maxUnavailable 0'],
  ];
  return [...missing, ...extra.filter(([fine]) => !fine).map(([, what]) => ({ where, what }))];
}

/** The settings a container is given, by name. */
export function settingsOf(deployment: Tree, shared: Tree): string[] {
  const container = (at(deployment, 'spec.template.spec.containers') as readonly Tree[])[0];
  const own = (at(container, 'env') as readonly { readonly name: string }[]).map(
    ({ name }) => name,
  );
  return [...Object.keys(shared), ...own];
}
