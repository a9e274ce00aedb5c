import type { AiProvider, CredentialFact, Envelope, agentsRoutes } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { handleCommand, stateOf, type Handled, type PageRequest } from '@trunkline/platform';
import type { z } from 'zod';
import {
  credentialDecider,
  type CredentialCommand,
  type CredentialState,
} from '../domain/credential.js';
import { assertKept } from '../domain/sealed-secret.js';
import {
  credentials,
  findCredential,
  listCredentials as readCredentials,
  type CredentialDocument,
} from '../views/credentials.js';
import type { AgentsApp } from './agents-app.js';
import { refOf, type By } from './by.js';
import { createOnce, madeEarlier, mintId } from './create-once.js';
import { lastFourOf, testAnswer, testSecret } from './key-test.js';

type SaveBody = z.output<(typeof agentsRoutes.saveCredential)['body'] & z.ZodType>;
type CredentialAnswer = z.input<typeof agentsRoutes.getCredential.answer>;
type CredentialsAnswer = z.input<typeof agentsRoutes.listCredentials.answer>;
type TestAnswer = z.input<typeof agentsRoutes.testCredential.answer>;

export const KEY_FIELD = 'apiKey';

export async function saveCredential(
  app: AgentsApp,
  by: By,
  body: SaveBody,
): Promise<CredentialAnswer> {
  const earlier = await madeEarlier(app, by, 'credential');
  if (earlier) return readCredential(app, by, earlier.id);
  const { provider, label, apiKey } = body;
  const id = mintId(by);
  const secret = await sealKey(app, by, { id, provider, apiKey });
  const fact: CredentialFact = { type: 'credential.saved', data: { provider, label, ...secret } };
  const event = await createOnce(app, by, { aggregate: 'credential', id, fact });
  return credentialAnswer(projectAll([event]));
}

export async function rotateCredential(
  app: AgentsApp,
  by: By,
  request: { readonly id: string; readonly apiKey: string },
): Promise<CredentialAnswer> {
  const { id, apiKey } = request;
  const { provider } = await loadKept(app, by, id);
  const secret = await sealKey(app, by, { id, provider, apiKey });
  const { history } = await change(app, by, { id, command: { do: 'rotate', secret } });
  return credentialAnswer(projectAll(history.events));
}

export async function testCredential(app: AgentsApp, by: By, id: string): Promise<TestAnswer> {
  const { state, provider } = await loadKept(app, by, id);
  const tested = { aggregate: 'credential', id, field: KEY_FIELD, provider, state } as const;
  const result = await testSecret(app, by, { ...tested, accountId: null });
  const { event } = await change(app, by, { id, command: { do: 'record-test', result } });
  return testAnswer(result, event?.occurredAt ?? '');
}

export async function removeCredential(app: AgentsApp, by: By, id: string): Promise<null> {
  await change(app, by, { id, command: { do: 'remove' } });
  return null;
}

export async function readCredential(
  app: AgentsApp,
  by: By,
  id: string,
): Promise<CredentialAnswer> {
  const found = await findCredential(app.mongo, by.tenant, id);
  if (found) return credentialAnswer(found);
  const ref = refOf(by, 'credential', id);
  const { events } = await app.store.load(ref, { signal: by.origin.signal });
  return credentialAnswer(projectAll(events));
}

export async function findCredentialPage(
  app: AgentsApp,
  by: By,
  page: PageRequest,
): Promise<CredentialsAnswer> {
  const { items, nextCursor } = await readCredentials(app.mongo, by.tenant, page);
  return { credentials: items.map(credentialAnswer), nextCursor };
}

async function sealKey(
  app: AgentsApp,
  by: By,
  key: { readonly id: string; readonly provider: AiProvider; readonly apiKey: string },
) {
  const { id, provider, apiKey } = key;
  const address = { aggregate: 'credential', id, provider, field: KEY_FIELD } as const;
  const sealed = await app.dataKeys.seal(by, address, apiKey);
  return { sealed: { [KEY_FIELD]: sealed }, lastFour: lastFourOf(apiKey) };
}

export async function loadKept(app: AgentsApp, by: By, id: string) {
  const ref = refOf(by, 'credential', id);
  const history = await app.store.load(ref, { signal: by.origin.signal });
  const state = stateOf(credentialDecider, history);
  assertKept(state);
  const { provider } = state;
  if (!provider) throw new AppError('request.not-found');
  return { state, provider };
}

async function change(
  app: AgentsApp,
  by: By,
  request: { readonly id: string; readonly command: CredentialCommand },
): Promise<Handled<CredentialState>> {
  const handled = await handleCommand(app.store, credentialDecider, {
    ...by.origin,
    ref: refOf(by, 'credential', request.id),
    command: request.command,
  });
  if (handled.event) await app.views.show(handled.event);
  return handled;
}

function projectAll(events: readonly Envelope[]): CredentialDocument | undefined {
  return events.reduce<CredentialDocument | undefined>(
    (doc, event) => credentials.project(doc, event),
    undefined,
  );
}

function credentialAnswer(doc: CredentialDocument | undefined): CredentialAnswer {
  if (!doc) throw new AppError('request.not-found');
  const { _id: id, provider, label, lastFour, generation, lastTest, createdAt, updatedAt } = doc;
  const shown = lastTest && { ok: lastTest.outcome === 'accepted', ...lastTest };
  return { id, provider, label, lastFour, generation, lastTest: shown, createdAt, updatedAt };
}
