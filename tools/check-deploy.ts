import { readFileSync } from 'node:fs';
import path from 'node:path';
import { services } from '@trunkline/contracts';
import { composeNatsConf } from './deploy/compose-nats-conf.ts';
import { refusedAtBoot } from './deploy/boot-settings.ts';
import { at, readCompose, readManifests, workloadsOf, type Tree } from './deploy/manifests.ts';
import { checkPodAddresses, checkWorkload, settingsOf, type Broken } from './deploy/policies.ts';
import { schemaOf, settingsByService } from './docs/config-page.ts';

/** Usage: node tools/check-deploy.ts. Compose file and k8s base against our rules and settings. */
const root = path.join(import.meta.dirname, '..');
const compose = readCompose(root);
const manifests = readManifests(root);
const workloads = workloadsOf(manifests);
const shared = (manifests.find((one) => one['kind'] === 'ConfigMap')?.['data'] ?? {}) as Tree;
const schemas = await settingsByService(root);

const broken: Broken[] = [
  ...workloads.flatMap(checkWorkload),
  ...workloads
    .filter((one) => one['kind'] === 'StatefulSet')
    .flatMap((one) => checkPodAddresses(manifests, one)),
  ...services.flatMap(presence),
  ...services.flatMap((service) => settings(service, composeSettings(service), 'compose')),
  ...workloads.flatMap((one) =>
    settings(String(at(one, 'metadata.name')), settingsOf(one, shared), 'k8s'),
  ),
  ...(await Promise.all(workloads.map(bootSettings))).flat(),
  ...natsConf(),
  ...withoutSandbox(),
];
for (const one of broken) console.error(`${one.where}: ${one.what}`);
console.log(`deploy: ${workloads.length} workloads and compose, ${broken.length} broken`);
process.exitCode = broken.length > 0 ? 1 : 0;

function presence(service: string): Broken[] {
  const inCompose = at(compose, `services.${service}`) !== undefined;
  const kinds = manifests
    .filter((one) => at(one, 'metadata.name') === service)
    .map((one) => (workloads.includes(one) ? 'workload' : one['kind']));
  return [
    ...(inCompose ? [] : [{ where: service, what: 'is missing in docker-compose.yml' }]),
    ...['workload', 'Service', 'PodDisruptionBudget']
      .filter((kind) => !kinds.includes(kind))
      .map((kind) => ({ where: service, what: `has no ${kind} in deploy/k8s/base` })),
  ];
}

function composeSettings(service: string): string[] {
  return Object.keys((at(compose, `services.${service}.environment`) ?? {}) as Tree);
}

/** Every setting a service insists on is given, and nothing is given that it does not know. */
function settings(service: string, given: readonly string[], where: string): Broken[] {
  const rows = schemas.get(service) ?? [];
  const needed = rows.filter((row) => row.isRequired && !given.includes(row.name));
  const everywhere = new Set([...schemas.values()].flat().map((row) => row.name));
  const unknown = given.filter((name) => rows.length > 0 && !everywhere.has(name));
  return [
    ...needed.map((row) => ({ where: `${where} ${service}`, what: `lacks ${row.name}` })),
    ...unknown.map((name) => ({ where: `${where} ${service}`, what: `sets unknown ${name}` })),
  ];
}

async function bootSettings(workload: Tree): Promise<Broken[]> {
  const schema = await schemaOf(root, String(at(workload, 'metadata.name')));
  return schema ? refusedAtBoot(workload, shared, schema) : [];
}

function natsConf(): Broken[] {
  const file = 'deploy/compose/nats.conf';
  const fresh = readFileSync(path.join(root, file), 'utf8') === composeNatsConf();
  return fresh ? [] : [{ where: file, what: 'is stale: run `npm run docs` and commit it' }];
}

/** Its speech is GPL, and a stand-in for a vendor has no business in production. */
function withoutSandbox(): Broken[] {
  const file = '.dockerignore';
  const lines = readFileSync(path.join(root, file), 'utf8').split('\n');
  return lines.includes('sandbox') ? [] : [{ where: file, what: 'lets the sandbox into images' }];
}
