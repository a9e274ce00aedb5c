import {
  carrierCatalogue,
  type Carrier,
  type CarrierAccountFact,
  type Envelope,
  type agentsRoutes,
} from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { handleCommand, stateOf, type Handled, type PageRequest } from '@trunkline/platform';
import type { z } from 'zod';
import {
  carrierAccountDecider,
  type CarrierAccountCommand,
  type CarrierAccountState,
} from '../domain/carrier-account.js';
import { assertKept } from '../domain/sealed-secret.js';
import {
  carrierAccounts,
  findCarrierAccount,
  listCarrierAccounts as readAccounts,
  type CarrierAccountDocument,
} from '../views/carrier-accounts.js';
import { countBoundRoutes } from '../views/routes.js';
import type { AgentsApp } from './agents-app.js';
import { refOf, type By } from './by.js';
import { createOnce, madeEarlier, mintId } from './create-once.js';
import { lastFourOf, testAnswer, testSecret } from './key-test.js';

type SaveBody = z.output<(typeof agentsRoutes.saveCarrierAccount)['body'] & z.ZodType>;
type RotateBody = z.output<(typeof agentsRoutes.rotateCarrierAccount)['body'] & z.ZodType>;
type AccountAnswer = z.input<typeof agentsRoutes.getCarrierAccount.answer>;
type AccountsAnswer = z.input<typeof agentsRoutes.listCarrierAccounts.answer>;
type TestAnswer = z.input<typeof agentsRoutes.testCarrierAccount.answer>;

export async function saveCarrierAccount(
  app: AgentsApp,
  by: By,
  body: SaveBody,
): Promise<AccountAnswer> {
  const earlier = await madeEarlier(app, by, 'carrier-account');
  if (earlier) return readCarrierAccount(app, by, earlier.id);
  const { carrier, label } = body;
  const id = mintId(by);
  const accountId = body.accountId ?? null;
  const publicKey = body.carrier === 'telnyx' ? body.publicKey : null;
  const secret = body.carrier === 'telnyx' ? body.apiKey : body.authToken;
  const kept = await sealSecret(app, by, { id, carrier, secret });
  const data = { carrier, label, accountId, publicKey, ...kept };
  const fact: CarrierAccountFact = { type: 'carrier-account.saved', data };
  const event = await createOnce(app, by, { aggregate: 'carrier-account', id, fact });
  return accountAnswer(projectAll([event]));
}

export async function rotateCarrierAccount(
  app: AgentsApp,
  by: By,
  request: { readonly id: string; readonly body: RotateBody },
): Promise<AccountAnswer> {
  const { id, body } = request;
  const { carrier } = await loadKept(app, by, id);
  const kept = await sealSecret(app, by, { id, carrier, secret: body.secret });
  const publicKey = carrierCatalogue[carrier].hasPublicKey ? body.publicKey : undefined;
  const command = { do: 'rotate', secret: { ...kept, publicKey } } as const;
  const { history } = await change(app, by, { id, command });
  return accountAnswer(projectAll(history.events));
}

export async function testCarrierAccount(app: AgentsApp, by: By, id: string): Promise<TestAnswer> {
  const { state, carrier } = await loadKept(app, by, id);
  const result = await testSecret(app, by, {
    aggregate: 'carrier-account',
    id,
    field: fieldOf(carrier),
    provider: carrier,
    accountId: state.accountId,
    state,
  });
  const { event } = await change(app, by, { id, command: { do: 'record-test', result } });
  return testAnswer(result, event?.occurredAt ?? '');
}

export async function removeCarrierAccount(app: AgentsApp, by: By, id: string): Promise<null> {
  const bound = await countBoundRoutes(app.mongo, by.tenant, { carrierAccount: id });
  if (bound > 0) throw new AppError('carrier-account.in-use', { details: { numbers: bound } });
  await change(app, by, { id, command: { do: 'remove' } });
  return null;
}

export async function readCarrierAccount(
  app: AgentsApp,
  by: By,
  id: string,
): Promise<AccountAnswer> {
  const found = await findCarrierAccount(app.mongo, by.tenant, id);
  if (found) return accountAnswer(found);
  const ref = refOf(by, 'carrier-account', id);
  const { events } = await app.store.load(ref, { signal: by.origin.signal });
  return accountAnswer(projectAll(events));
}

export async function findCarrierAccountPage(
  app: AgentsApp,
  by: By,
  page: PageRequest,
): Promise<AccountsAnswer> {
  const { items, nextCursor } = await readAccounts(app.mongo, by.tenant, page);
  return { carrierAccounts: items.map(accountAnswer), nextCursor };
}

export function fieldOf(carrier: Carrier): string {
  return carrierCatalogue[carrier].secrets[0] ?? 'authToken';
}

async function sealSecret(
  app: AgentsApp,
  by: By,
  of: { readonly id: string; readonly carrier: Carrier; readonly secret: string },
) {
  const { id, carrier, secret } = of;
  const field = fieldOf(carrier);
  const address = { aggregate: 'carrier-account', id, provider: carrier, field } as const;
  const sealed = await app.dataKeys.seal(by, address, secret);
  return { sealed: { [field]: sealed }, lastFour: lastFourOf(secret) };
}

export async function loadKept(app: AgentsApp, by: By, id: string) {
  const ref = refOf(by, 'carrier-account', id);
  const history = await app.store.load(ref, { signal: by.origin.signal });
  const state = stateOf(carrierAccountDecider, history);
  assertKept(state);
  const { carrier } = state;
  if (!carrier) throw new AppError('request.not-found');
  return { state, carrier };
}

async function change(
  app: AgentsApp,
  by: By,
  request: { readonly id: string; readonly command: CarrierAccountCommand },
): Promise<Handled<CarrierAccountState>> {
  const handled = await handleCommand(app.store, carrierAccountDecider, {
    ...by.origin,
    ref: refOf(by, 'carrier-account', request.id),
    command: request.command,
  });
  if (handled.event) await app.views.show(handled.event);
  return handled;
}

function projectAll(events: readonly Envelope[]): CarrierAccountDocument | undefined {
  return events.reduce<CarrierAccountDocument | undefined>(
    (doc, event) => carrierAccounts.project(doc, event),
    undefined,
  );
}

function accountAnswer(doc: CarrierAccountDocument | undefined): AccountAnswer {
  if (!doc) throw new AppError('request.not-found');
  const { _id: id, tenant: _tenant, lastTest, ...shown } = doc;
  const { carrier, label, accountId, publicKey, lastFour, generation } = shown;
  const { createdAt, updatedAt } = shown;
  const tested = lastTest && { ok: lastTest.outcome === 'accepted', ...lastTest };
  const head = { id, carrier, label, accountId, publicKey, lastFour, generation };
  return { ...head, lastTest: tested, createdAt, updatedAt };
}
