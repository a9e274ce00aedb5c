import { z } from 'zod';
import { token } from '../envelope.js';
import { carrierAccountId, webhookPublicKey } from '../events/carrier-account.js';
import { credentialLabel } from '../events/credential.js';
import { checkOutcomes } from '../events/sealed-secret.js';
import { aiProviders, carriers } from '../providers.js';
import { admins } from './access.js';
import { defineRoute } from './define-route.js';
import { idParam, nextCursor, nothing, page, timestamp } from './fields.js';

const tag = 'credentials';
const credentialId = idParam('credentialId');
const accountId = idParam('accountId');
const writing = admins('admin', 'credentials:write');
const reading = admins('admin', 'credentials:read');

/** Printable ASCII only: it is going to be a header. */
const secretText = z.string().regex(/^[\x21-\x7e]{8,512}$/, '8 to 512 visible ASCII characters');

export const testAnswer = z.strictObject({
  ok: z.boolean(),
  outcome: z.enum(checkOutcomes),
  httpStatus: z.int().nullable(),
  durationMs: z.int(),
  testedAt: timestamp,
});
const lastTest = testAnswer.omit({ durationMs: true }).nullable();

const kept = {
  id: token,
  label: credentialLabel,
  lastFour: z.string(),
  generation: z.int(),
  lastTest,
  createdAt: timestamp,
  updatedAt: timestamp,
};
export const credentialAnswer = z.strictObject({ ...kept, provider: z.enum(aiProviders) });
export const credentialsAnswer = z.strictObject({
  credentials: z.array(credentialAnswer),
  nextCursor,
});
export const saveCredentialBody = z.strictObject({
  provider: z.enum(aiProviders),
  label: credentialLabel,
  apiKey: secretText,
});
export const rotateCredentialBody = z.strictObject({ apiKey: secretText });

export const carrierAccountAnswer = z.strictObject({
  ...kept,
  carrier: z.enum(carriers),
  accountId: carrierAccountId.nullable(),
  publicKey: webhookPublicKey.nullable(),
});
export const carrierAccountsAnswer = z.strictObject({
  carrierAccounts: z.array(carrierAccountAnswer),
  nextCursor,
});
const withToken = { label: credentialLabel, accountId: carrierAccountId, authToken: secretText };
export const saveCarrierAccountBody = z.discriminatedUnion('carrier', [
  z.strictObject({ carrier: z.literal('twilio'), ...withToken }),
  z.strictObject({ carrier: z.literal('plivo'), ...withToken }),
  z.strictObject({ carrier: z.literal('vobiz'), ...withToken }),
  z.strictObject({
    carrier: z.literal('telnyx'),
    label: credentialLabel,
    /** The id of the connection that calls go out by; without it the account only takes calls. */
    accountId: carrierAccountId.optional(),
    apiKey: secretText,
    publicKey: webhookPublicKey,
  }),
]);
export const rotateCarrierAccountBody = z.strictObject({
  /** The auth token, of Telnyx the API key. */
  secret: secretText,
  publicKey: webhookPublicKey.optional(),
});

const credentials = {
  saveCredential: defineRoute({
    method: 'POST',
    path: '/v1/credentials',
    aliases: ['/credentials'],
    tag,
    summary: 'Keep a provider key, encrypted; it is never shown again',
    access: writing,
    body: saveCredentialBody,
    answer: credentialAnswer,
    status: 201,
    idempotent: true,
  }),
  listCredentials: defineRoute({
    method: 'GET',
    path: '/v1/credentials',
    aliases: ['/credentials'],
    tag,
    summary: 'My provider keys: their last four characters and last test',
    access: reading,
    query: page,
    answer: credentialsAnswer,
    status: 200,
  }),
  getCredential: defineRoute({
    method: 'GET',
    path: '/v1/credentials/:credentialId',
    tag,
    summary: 'One provider key, without the key',
    access: reading,
    params: credentialId,
    answer: credentialAnswer,
    status: 200,
  }),
  rotateCredential: defineRoute({
    method: 'POST',
    path: '/v1/credentials/:credentialId/rotate',
    tag,
    summary: 'Replace a provider key',
    access: writing,
    params: credentialId,
    body: rotateCredentialBody,
    answer: credentialAnswer,
    status: 200,
  }),
  testCredential: defineRoute({
    method: 'POST',
    path: '/v1/credentials/:credentialId/test',
    tag,
    summary: 'Ask the provider, with one real call, whether it accepts the key',
    access: writing,
    params: credentialId,
    answer: testAnswer,
    status: 200,
  }),
  removeCredential: defineRoute({
    method: 'DELETE',
    path: '/v1/credentials/:credentialId',
    tag,
    summary: 'Forget a provider key for good',
    access: writing,
    params: credentialId,
    answer: nothing,
    status: 204,
  }),
} as const;

const accounts = {
  saveCarrierAccount: defineRoute({
    method: 'POST',
    path: '/v1/carrier-accounts',
    tag,
    summary: 'Keep an account with a carrier, its secrets encrypted',
    access: writing,
    body: saveCarrierAccountBody,
    answer: carrierAccountAnswer,
    status: 201,
    idempotent: true,
  }),
  listCarrierAccounts: defineRoute({
    method: 'GET',
    path: '/v1/carrier-accounts',
    tag,
    summary: 'My accounts with carriers',
    access: reading,
    query: page,
    answer: carrierAccountsAnswer,
    status: 200,
  }),
  getCarrierAccount: defineRoute({
    method: 'GET',
    path: '/v1/carrier-accounts/:accountId',
    tag,
    summary: 'One account with a carrier, without its secrets',
    access: reading,
    params: accountId,
    answer: carrierAccountAnswer,
    status: 200,
  }),
  rotateCarrierAccount: defineRoute({
    method: 'POST',
    path: '/v1/carrier-accounts/:accountId/rotate',
    tag,
    summary: 'Replace the secrets of an account',
    access: writing,
    params: accountId,
    body: rotateCarrierAccountBody,
    answer: carrierAccountAnswer,
    status: 200,
  }),
  testCarrierAccount: defineRoute({
    method: 'POST',
    path: '/v1/carrier-accounts/:accountId/test',
    tag,
    summary: 'Ask the carrier, with one real call, whether it accepts the secrets',
    access: writing,
    params: accountId,
    answer: testAnswer,
    status: 200,
  }),
  removeCarrierAccount: defineRoute({
    method: 'DELETE',
    path: '/v1/carrier-accounts/:accountId',
    tag,
    summary: 'Forget an account and its secrets for good',
    access: writing,
    params: accountId,
    answer: nothing,
    status: 204,
    errors: ['carrier-account.in-use'],
  }),
} as const;

export const credentialRoutes = { ...credentials, ...accounts } as const;
