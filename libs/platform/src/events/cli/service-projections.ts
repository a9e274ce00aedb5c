import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { services } from '@trunkline/contracts';
import type { ProjectedDocument, Projection } from '../views/projection.js';

/** From libs/platform/dist/events/cli (or src/events/cli) to the root of the repository. */
const ROOT = join(import.meta.dirname, '../../../../..');

/**
 * The read models of the services that are built. Operator tooling: the only place where the
 * platform reaches up to them, and by file, so that no package depends on a service.
 */
export async function serviceProjections(root = ROOT): Promise<Projection<ProjectedDocument>[]> {
  const found: Projection<ProjectedDocument>[] = [];
  for (const service of services) {
    const path = join(root, 'services', service, 'dist/projections.js');
    if (!existsSync(path)) continue;
    const module = (await import(pathToFileURL(path).href)) as {
      readonly projections?: readonly Projection<ProjectedDocument>[];
    };
    found.push(...(module.projections ?? []));
  }
  return found;
}
