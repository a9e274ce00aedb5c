import {
  toolDefinition,
  type ToolDefinition,
  type ToolFact,
  type agentsRoutes,
} from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { handleCommand, urlProblem, type PageRequest } from '@trunkline/platform';
import type { z } from 'zod';
import { schemaOutOfBounds } from '../domain/parameter-schema.js';
import { toolDecider, type ToolCommand } from '../domain/tool.js';
import {
  definitionOf,
  findTool,
  listTools as readTools,
  tools,
  versionOfTool,
  type ToolDocument,
} from '../views/tools.js';
import type { AgentsApp } from './agents-app.js';
import { refOf, type By } from './by.js';
import { createOnce, madeEarlier, mintId } from './create-once.js';

type Body = z.output<(typeof agentsRoutes.createTool)['body'] & z.ZodType>;
type ToolAnswer = z.input<typeof agentsRoutes.getTool.answer>;
type ToolsAnswer = z.input<typeof agentsRoutes.listTools.answer>;
type VersionAnswer = z.input<typeof agentsRoutes.getToolVersion.answer>;

export async function createTool(app: AgentsApp, by: By, body: Body): Promise<ToolAnswer> {
  const earlier = await madeEarlier(app, by, 'tool');
  if (earlier) return readTool(app, by, earlier.id);
  const definition = checkedDefinition(app, body);
  const fact: ToolFact = { type: 'tool.created', data: { definition } };
  const event = await createOnce(app, by, { aggregate: 'tool', id: mintId(by), fact });
  return toolAnswer(tools.project(undefined, event));
}

export async function updateTool(
  app: AgentsApp,
  by: By,
  change: { readonly tool: string; readonly body: Body },
): Promise<ToolAnswer> {
  const definition = checkedDefinition(app, change.body);
  return changeTool(app, by, { tool: change.tool, command: { do: 'add-version', definition } });
}

export async function archiveTool(app: AgentsApp, by: By, tool: string): Promise<null> {
  await changeTool(app, by, { tool, command: { do: 'archive' } });
  return null;
}

export async function readTool(app: AgentsApp, by: By, tool: string): Promise<ToolAnswer> {
  return toolAnswer(await toolDocument(app, by, tool));
}

export async function readToolVersion(
  app: AgentsApp,
  by: By,
  key: { readonly tool: string; readonly version: number },
): Promise<VersionAnswer> {
  const doc = await toolDocument(app, by, key.tool);
  const found = doc && versionOfTool(doc, key.version);
  if (!found) throw new AppError('request.not-found');
  const { version, createdAt } = found;
  return { id: key.tool, version, definition: definitionOf(found), createdAt };
}

export async function findToolPage(
  app: AgentsApp,
  by: By,
  page: PageRequest,
): Promise<ToolsAnswer> {
  const { items, nextCursor } = await readTools(app.mongo, by.tenant, page);
  return { tools: items.map(toolAnswer), nextCursor };
}

async function changeTool(
  app: AgentsApp,
  by: By,
  change: { readonly tool: string; readonly command: ToolCommand },
): Promise<ToolAnswer> {
  const { tool, command } = change;
  const ref = refOf(by, 'tool', tool);
  const { event, history } = await handleCommand(app.store, toolDecider, {
    ...by.origin,
    ref,
    command,
  });
  if (event) await app.views.show(event);
  return toolAnswer(projectAll(history.events));
}

/** A view may be late; the log is not. */
async function toolDocument(
  app: AgentsApp,
  by: By,
  tool: string,
): Promise<ToolDocument | undefined> {
  const found = await findTool(app.mongo, by.tenant, tool);
  if (found) return found;
  const { events } = await app.store.load(refOf(by, 'tool', tool), { signal: by.origin.signal });
  return projectAll(events);
}

function projectAll(
  events: readonly Parameters<typeof tools.project>[1][],
): ToolDocument | undefined {
  return events.reduce<ToolDocument | undefined>(
    (doc, event) => tools.project(doc, event),
    undefined,
  );
}

/** Rejects with `tool.bad-schema` or `tool.bad-url`. */
function checkedDefinition(app: AgentsApp, body: Body): ToolDefinition {
  const problem = schemaOutOfBounds(body.parameters) ?? app.jsonSchemas.problemOf(body.parameters);
  if (problem !== undefined) throw new AppError('tool.bad-schema', { details: { problem } });
  if (body.kind === 'webhook') {
    const reason = app.toolHosts.has(body.url) ? undefined : urlProblem(body.url);
    if (reason !== undefined) throw new AppError('tool.bad-url', { details: { reason } });
  }
  return toolDefinition.parse(body);
}

function toolAnswer(doc: ToolDocument | undefined): ToolAnswer {
  const latest = doc && versionOfTool(doc, doc.version);
  if (!doc || !latest) throw new AppError('request.not-found');
  const { _id: id, version, status, createdAt, updatedAt } = doc;
  return { id, version, status, definition: definitionOf(latest), createdAt, updatedAt };
}
