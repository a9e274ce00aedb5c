import { ConfigError, loadConfig } from '@trunkline/platform';
import { at, type Tree } from './manifests.ts';
import type { Broken } from './policies.ts';

type Schema = Parameters<typeof loadConfig>[0];

/** What the service itself would refuse at its start, with these values and with any secret. */
export function refusedAtBoot(deployment: Tree, shared: Tree, schema: Schema): Broken[] {
  const container = (at(deployment, 'spec.template.spec.containers') as readonly Tree[])[0];
  const rows = at(container, 'env') as readonly Tree[];
  // One that may be absent is as good as none.
  const secrets = rows
    .filter((row) => at(row, 'valueFrom.secretKeyRef'))
    .filter((row) => at(row, 'valueFrom.secretKeyRef.optional') !== true)
    .map((row) => String(row['name']));
  const plain = rows.flatMap((row) => (typeof row['value'] === 'string' ? [row] : []));
  const env = Object.fromEntries([
    ...Object.entries(shared),
    ...plain.map((row) => [row['name'], row['value']]),
    ...secrets.map((name) => [name, 'a secret']),
  ]) as Record<string, string>;
  const where = `k8s ${String(at(deployment, 'metadata.name'))}`;
  return problemsOf(schema, env)
    .filter(({ name }) => !secrets.includes(name))
    .map(({ name, reason }) => ({ where, what: `${name}: ${reason}` }));
}

function problemsOf(schema: Schema, env: Record<string, string>): ConfigError['problems'] {
  try {
    loadConfig(schema, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
