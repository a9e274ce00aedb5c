import { at, containerOf, type Tree } from './manifests.ts';

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

/** What the platform gives a stopping service that is told nothing else. */
const usualBudgetMs = 20_000;
/** A call may last that long, and a pod that goes waits for it. */
const voiceBudgetMs = 3_600_000;

/** What we insist on for everything that runs pods, whatever the cluster would let pass. */
export function checkWorkload(workload: Tree): Broken[] {
  const where = String(at(workload, 'metadata.name'));
  const pod = at(workload, 'spec.template.spec');
  const container = containerOf(workload);
  const missing = required
    .filter(([path, fits]) => !fits(at(container, path)))
    .map(([, , what]) => ({ where, what: `needs ${what}` }));
  const extra: (readonly [boolean, string])[] = [
    [at(pod, 'securityContext.runAsNonRoot') === true, 'needs runAsNonRoot'],
    [at(pod, 'automountServiceAccountToken') === false, 'needs no service account token'],
    [isScraped(workload), 'needs annotations by which Prometheus finds its port'],
    ...timeRules(workload),
    ...(workload['kind'] === 'StatefulSet' ? keepingRules(workload) : rolloutRules(workload)),
  ];
  return [...missing, ...extra.filter(([fine]) => !fine).map(([, what]) => ({ where, what }))];
}

function timeRules(workload: Tree): (readonly [boolean, string])[] {
  const graceMs = Number(at(workload, 'spec.template.spec.terminationGracePeriodSeconds')) * 1000;
  const preStopMs = Number(at(containerOf(workload), 'lifecycle.preStop.sleep.seconds')) * 1000;
  const budgetMs = Number(valueOf(workload, 'SHUTDOWN_BUDGET_MS') ?? usualBudgetMs);
  const isVoice = at(workload, 'metadata.name') === 'voice';
  return [
    [graceMs > preStopMs + budgetMs, 'needs more grace than preStop and SHUTDOWN_BUDGET_MS take'],
    [!isVoice || budgetMs >= voiceBudgetMs, 'drains for an hour: needs SHUTDOWN_BUDGET_MS for it'],
  ];
}

function rolloutRules(workload: Tree): (readonly [boolean, string])[] {
  const maxUnavailable = at(workload, 'spec.strategy.rollingUpdate.maxUnavailable');
  return [[maxUnavailable === 0, 'needs maxUnavailable 0']];
}

/** It is stateful for its volumes: each folder that has to outlive the container lies on one. */
function keepingRules(workload: Tree): (readonly [boolean, string])[] {
  const claims = (at(workload, 'spec.volumeClaimTemplates') ?? []) as readonly Tree[];
  const names = claims.map((claim) => at(claim, 'metadata.name'));
  const mounts = (at(containerOf(workload), 'volumeMounts') ?? []) as readonly Tree[];
  const kept = mounts.filter(({ name }) => names.includes(name)).map((one) => one['mountPath']);
  const isKept = (folder: string | undefined): boolean =>
    kept.some((path) => folder?.startsWith(`${String(path)}/`));
  return ['VOICE_JOURNAL_DIR', 'VOICE_SPOOL_DIR'].map((name) => [
    isKept(valueOf(workload, name)),
    `needs ${name} on a claimed volume`,
  ]);
}

/** A StatefulSet's pods are called upon by name, also while they are not ready. */
export function checkPodAddresses(manifests: readonly Tree[], workload: Tree): Broken[] {
  const name = at(workload, 'spec.serviceName');
  const service = manifests.find(
    (one) => one['kind'] === 'Service' && at(one, 'metadata.name') === name,
  );
  const isThere = at(service, 'spec.clusterIP') === 'None';
  const staysThere = at(service, 'spec.publishNotReadyAddresses') === true;
  const where = String(at(workload, 'metadata.name'));
  return isThere && staysThere
    ? []
    : [{ where, what: `needs a headless Service ${String(name)} that publishes all addresses` }];
}

function isScraped(workload: Tree): boolean {
  const notes = at(workload, 'spec.template.metadata.annotations') as Tree | undefined;
  const ports = at(containerOf(workload), 'ports') as readonly Tree[] | undefined;
  return (
    notes?.['prometheus.io/scrape'] === 'true' &&
    notes['prometheus.io/path'] === '/metrics' &&
    notes['prometheus.io/port'] === String(ports?.[0]?.['containerPort'])
  );
}

function valueOf(workload: Tree, name: string): string | undefined {
  const rows = (at(containerOf(workload), 'env') ?? []) as readonly Tree[];
  return rows.find((row) => row['name'] === name)?.['value'] as string | undefined;
}

/** The settings a container is given, by name. */
export function settingsOf(workload: Tree, shared: Tree): string[] {
  const own = (at(containerOf(workload), 'env') as readonly { readonly name: string }[]).map(
    ({ name }) => name,
  );
  return [...Object.keys(shared), ...own];
}
