import type { keyRoutes } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { eventCatalogue, type RouteHandlers } from '@trunkline/platform';
import { issueKey, revokeKey, rotateKey } from '../../app/api-keys.js';
import { readAudit, type AuditEntry } from '../../app/audit.js';
import { userRef } from '../../app/by.js';
import type { Gateway } from '../../app.module.js';
import { apiKeys, listApiKeys, type ApiKeyDocument } from '../../views/api-keys.js';
import { byOf } from './by-context.js';

export function keyHandlers(gateway: Gateway): RouteHandlers<typeof keyRoutes> {
  const { identity, authentication } = gateway;
  return {
    async issueKey({ body }, context) {
      const { tenant } = context.principal;
      const issued = await issueKey(identity, { tenant, ...body }, byOf(context));
      const doc = apiKeys.project(undefined, issued.event);
      if (!doc) throw new AppError('internal');
      return { ...answerKey(doc), key: issued.text };
    },
    async listKeys({ query }, { principal }) {
      const page = await listApiKeys(identity.mongo, principal.tenant, query);
      const ids = page.items.map((key) => key._id);
      const used = await identity.keyUses.lastUsed(principal.tenant, ids);
      const items = page.items.map((key) => answerKey(key, used.get(key._id)));
      return { items, nextCursor: page.nextCursor };
    },
    async rotateKey({ params, body }, context) {
      const { tenant } = context.principal;
      const request = { tenant, id: params.keyId, overlapMs: body.overlapSeconds * 1000 };
      const rotated = await rotateKey(identity, request, byOf(context));
      authentication.forget();
      return { ...answerKey(rotated.document), key: rotated.text };
    },
    async revokeKey({ params }, context) {
      const { tenant } = context.principal;
      await revokeKey(identity, { tenant, id: params.keyId }, byOf(context));
      authentication.forget();
      return null;
    },
    async listAudit({ query }, { principal }) {
      const source = { store: gateway.log.store, catalogue: eventCatalogue };
      const page = await readAudit(identity, source, { ...query, tenant: principal.tenant });
      return { items: page.items.map(answerAudit), nextCursor: page.nextCursor };
    },
    async listMyAudit({ query }, { principal }) {
      const source = { store: gateway.log.store, catalogue: eventCatalogue };
      const { tenant, aggregate, id } = userRef(principal.id);
      const page = await readAudit(identity, source, { ...query, tenant, aggregate, id });
      return { items: page.items.map(answerAudit), nextCursor: page.nextCursor };
    },
  };
}

function answerKey(doc: ApiKeyDocument, lastUsedAt?: string) {
  const { _id: id, name, kind, lastFour, issuedAt, expiresAt, revokedAt } = doc;
  const scopes = [...doc.scopes];
  return {
    id,
    name,
    kind,
    scopes,
    lastFour,
    issuedAt,
    expiresAt,
    lastUsedAt: lastUsedAt ?? null,
    revokedAt,
  };
}

function answerAudit({ document, before, after }: AuditEntry) {
  const { _id: id, at, actor, aggregate, aggregateId, version, type, correlationId } = document;
  return {
    id,
    at,
    actor,
    aggregate,
    aggregateId,
    version,
    type,
    correlationId,
    before: { ...before },
    after: { ...after },
  };
}
