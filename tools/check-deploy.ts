import { readFileSync } from 'node:fs';
import path from 'node:path';
import { services } from '@trunkline/contracts';
import { composeNatsConf } from './deploy/compose-nats-conf.ts';
import { refusedAtBoot } from './deploy/boot-settings.ts';
import { at, readCompose, readManifests, type Tree } from './deploy/manifests.ts';
import { checkDeployment, settingsOf, type Broken } from './deploy/policies.ts';
import { schemaOf, settingsByService } from './docs/config-page.ts';

/** Usage: node tools/check-deploy.ts. Compose file and k8s base against our rules and settings. */
const root = path.join(import.meta.dirname, '..');
const compose = readCompose(root);
const manifests = readManifests(root);
const deployments = manifests.filter((one) => one['kind'] === 'Deployment');
const shared = (manifests.find((one) => one['kind'] === 'ConfigMap')?.['data'] ?? {}) as Tree;
const schemas = await settingsByService(root);

const broken: Broken[] = [
  ...deployments.flatMap(checkDeployment),
  ...services.flatMap(presence),
  ...services.flatMap((service) => settings(service, composeSettings(service), 'compose')),
  ...deployments.flatMap((one) =>
    settings(String(at(one, 'metadata.name')), settingsOf(one, shared), 'k8s'),
  ),
  ...(await Promise.all(deployments.map(bootSettings))).flat(),
  ...natsConf(),
];
for (const one of broken) console.error(`${one.where}: ${one.what}`);
console.log(`deploy: ${deployments.length} deployments and compose, ${broken.length} broken`);
process.exitCode = broken.length > 0 ? 1 : 0;

function presence(service: string): Broken[] {
  const inCompose = at(compose, `services.${service}`) !== undefined;
  const kinds = manifests
    .filter((one) => at(one, 'metadata.name') === service)
    .map((one) => one['kind']);
  return [
    ...(inCompose ? [] : [{ where: service, what: 'is missing in docker-compose.yml' }]),
    ...['Deployment', 'Service']
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

async function bootSettings(deployment: Tree): Promise<Broken[]> {
  const schema = await schemaOf(root, String(at(deployment, 'metadata.name')));
  return schema ? refusedAtBoot(deployment, shared, schema) : [];
}

function natsConf(): Broken[] {
  const file = 'deploy/compose/nats.conf';
  const fresh = readFileSync(path.join(root, file), 'utf8') === composeNatsConf();
  return fresh ? [] : [{ where: file, what: 'is stale: run `npm run docs` and commit it' }];
}
