import { ConfigError, loadConfig } from '@trunkline/platform';
import { at, containerOf, type Tree } from './manifests.ts';
import type { Broken } from './policies.ts';

type Schema = Parameters<typeof loadConfig>[0];

/** What the service itself would refuse at its start, with these values and with any secret. */
export function refusedAtBoot(workload: Tree, shared: Tree, schema: Schema): Broken[] {
  const rows = at(containerOf(workload), 'env') as readonly Tree[];
  // One that may be absent is as good as none.
  const secrets = rows
    .filter((row) => at(row, 'valueFrom.secretKeyRef'))
    .filter((row) => at(row, 'valueFrom.secretKeyRef.optional') !== true)
    .map((row) => String(row['name']));
  const own = String(at(workload, 'metadata.name'));
  const plain = rows.flatMap((row) => {
    const value = row['value'] ?? fieldOf(row, own);
    return typeof value === 'string' ? [[String(row['name']), value] as const] : [];
  });
  const env = Object.fromEntries([
    ...Object.entries(shared),
    ...expanded(plain),
    ...secrets.map((name) => [name, 'a secret']),
  ]) as Record<string, string>;
  const where = `k8s ${own}`;
  return problemsOf(schema, env)
    .filter(({ name }) => !secrets.includes(name))
    .map(({ name, reason }) => ({ where, what: `${name}: ${reason}` }));
}

/** The first pod's. */
function fieldOf(row: Tree, workload: string): string | undefined {
  const isName = at(row, 'valueFrom.fieldRef.fieldPath') === 'metadata.name';
  return isName ? `${workload}-0` : undefined;
}

/** `$(NAME)` is what stands above it, as in the cluster; anything else stays as it is written. */
function expanded(rows: readonly (readonly [string, string])[]): Map<string, string> {
  const known = new Map<string, string>();
  for (const [name, value] of rows) {
    known.set(
      name,
      value.replaceAll(/\$\(([A-Z_]+)\)/g, (text, other: string) => known.get(other) ?? text),
    );
  }
  return known;
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
