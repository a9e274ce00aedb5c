import { createHash } from 'node:crypto';
import type { Envelope, agentsRoutes, knowledgeRequests } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { handleCommand } from '@trunkline/platform';
import type { z } from 'zod';
import { knowledgeDecider, type KnowledgeCommand } from '../domain/knowledge.js';
import {
  findKnowledge,
  knowledge,
  type KnowledgeDocument,
  type KnownDocument,
} from '../views/knowledge.js';
import type { AgentsApp } from './agents-app.js';
import { refOf, type By } from './by.js';
import { mintId } from './create-once.js';
import { readAgent } from './read-agent.js';

type Body = z.output<(typeof agentsRoutes.addDocument)['body'] & z.ZodType>;
type DocumentAnswer = z.input<typeof agentsRoutes.addDocument.answer>;
type DocumentsAnswer = z.input<typeof agentsRoutes.listDocuments.answer>;
type TextAnswer = z.input<typeof agentsRoutes.getDocument.answer>;
type Told = z.input<typeof knowledgeRequests.knowledge.output>;

interface DocumentRef {
  readonly agent: string;
  readonly document: string;
}

/** The text is stored before the fact, so that whoever reads the fact finds the text. */
export async function addDocument(
  app: AgentsApp,
  by: By,
  { agent, body }: { readonly agent: string; readonly body: Body },
): Promise<DocumentAnswer> {
  const { status } = await readAgent(app, by, agent);
  if (status !== 'active') throw new AppError('agent.archived');
  const document = mintId(by);
  const bytes = new Uint8Array(Buffer.from(body.text, 'utf8'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = `${by.tenant}/${agent}/knowledge/${document}-${sha256.slice(0, 16)}.txt`;
  await app.texts.store(key, bytes, by.origin.signal);
  const added = { document, title: body.title, key, sha256, sizeBytes: bytes.byteLength };
  const after = await changed(app, by, { agent, command: { do: 'add', document: added } });
  return headOf(documentIn(after, document));
}

export async function removeDocument(
  app: AgentsApp,
  by: By,
  { agent, document }: DocumentRef,
): Promise<null> {
  await readAgent(app, by, agent);
  const known = (await knowledgeOf(app, by, agent))?.documents.find((one) => one.id === document);
  await changed(app, by, { agent, command: { do: 'remove', document } });
  // A crash in between leaves a text that nobody can reach; erasing the tenant takes it along.
  if (known) await app.texts.remove(known.key, by.origin.signal);
  return null;
}

export async function listDocuments(
  app: AgentsApp,
  by: By,
  agent: string,
): Promise<DocumentsAnswer> {
  await readAgent(app, by, agent);
  const doc = await knowledgeOf(app, by, agent);
  return { revision: doc?.revision ?? 0, documents: (doc?.documents ?? []).map(headOf) };
}

export async function getDocument(
  app: AgentsApp,
  by: By,
  { agent, document }: DocumentRef,
): Promise<TextAnswer> {
  const known = documentIn(await knowledgeOf(app, by, agent), document);
  const text = await app.texts.read(known.key, by.origin.signal);
  return { ...headOf(known), text };
}

/** What a call reads by itself, from the object store. */
export async function tellKnowledge(app: AgentsApp, by: By, agent: string): Promise<Told> {
  const doc = await knowledgeOf(app, by, agent);
  const documents = (doc?.documents ?? []).map(({ createdAt: _createdAt, ...rest }) => rest);
  return { revision: doc?.revision ?? 0, documents };
}

async function changed(
  app: AgentsApp,
  by: By,
  change: { readonly agent: string; readonly command: KnowledgeCommand },
): Promise<KnowledgeDocument | undefined> {
  const { agent, command } = change;
  const ref = refOf(by, 'knowledge', agent);
  const request = { ...by.origin, ref, command };
  const { event, history } = await handleCommand(app.store, knowledgeDecider, request);
  if (event) await app.views.show(event);
  return projectAll(history.events);
}

/** A view may be late; the log is not. */
async function knowledgeOf(
  app: AgentsApp,
  by: By,
  agent: string,
): Promise<KnowledgeDocument | undefined> {
  const found = await findKnowledge(app.mongo, by.tenant, agent);
  if (found) return found;
  const ref = refOf(by, 'knowledge', agent);
  const { events } = await app.store.load(ref, { signal: by.origin.signal });
  return projectAll(events);
}

function projectAll(events: readonly Envelope[]): KnowledgeDocument | undefined {
  return events.reduce<KnowledgeDocument | undefined>(
    (doc, event) => knowledge.project(doc, event),
    undefined,
  );
}

function documentIn(doc: KnowledgeDocument | undefined, id: string): KnownDocument {
  const found = doc?.documents.find((one) => one.id === id);
  if (!found) throw new AppError('request.not-found');
  return found;
}

function headOf({ key: _key, ...head }: KnownDocument): DocumentAnswer {
  return head;
}
