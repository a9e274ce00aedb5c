import type { AgentConfig, PinnedTool } from '@trunkline/contracts';
import type { KnownTool, Surroundings } from '../domain/config-problems.js';
import { findTools, versionOfTool } from '../views/tools.js';
import type { AgentsApp } from './agents-app.js';
import type { By } from './by.js';

/** What a configuration is checked against: the tools it pins. */
export async function surroundingsOf(
  app: AgentsApp,
  by: By,
  config: { readonly draft: AgentConfig; readonly live?: AgentConfig | undefined },
): Promise<Surroundings> {
  const pins = config.draft.tools;
  const found = await findTools(
    app.mongo,
    by.tenant,
    pins.map((pin) => pin.tool),
  );
  const tools = new Map<string, KnownTool>();
  for (const doc of found) {
    const pinned = pinnedVersion(pins, doc._id);
    const name = versionOfTool(doc, pinned)?.name ?? doc.name;
    tools.set(doc._id, { latest: doc.version, archived: doc.status === 'archived', name });
  }
  return { tools, livePins: config.live?.tools ?? [] };
}

function pinnedVersion(pins: readonly PinnedTool[], tool: string): number {
  return pins.find((pin) => pin.tool === tool)?.version ?? 1;
}
