import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export type Tree = Readonly<Record<string, unknown>>;

export function readCompose(root: string): Tree {
  return parse(readFileSync(path.join(root, 'docker-compose.yml'), 'utf8'), {
    merge: true,
  }) as Tree;
}

/** Every object of deploy/k8s/base that the kustomization names. */
export function readManifests(root: string): Tree[] {
  const folder = path.join(root, 'deploy/k8s/base');
  return readdirSync(folder)
    .filter((file) => file !== 'kustomization.yaml')
    .flatMap((file) =>
      parseAllDocuments(readFileSync(path.join(folder, file), 'utf8')).map((document) => {
        if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join('; ')}`);
        return document.toJS() as Tree;
      }),
    );
}

/** `at(tree, 'spec.template.spec')`; undefined where the path ends early. */
export function at(tree: unknown, dotted: string): unknown {
  return dotted
    .split('.')
    .reduce<unknown>(
      (node, key) => (typeof node === 'object' && node !== null ? (node as Tree)[key] : undefined),
      tree,
    );
}

/** What runs a service's pods. */
export function workloadsOf(manifests: readonly Tree[]): Tree[] {
  return manifests.filter((one) => one['kind'] === 'Deployment' || one['kind'] === 'StatefulSet');
}

export function containerOf(workload: Tree): Tree | undefined {
  return (at(workload, 'spec.template.spec.containers') as readonly Tree[] | undefined)?.[0];
}
