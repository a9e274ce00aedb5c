import { maskFields, type Envelope, type EventCatalogue } from '@trunkline/contracts';
import type { EventStore, Page } from '@trunkline/platform';
import { listAudit, type AuditDocument, type AuditQuery } from '../views/audit.js';
import type { Identity } from './identity.js';

type Fields = Readonly<Record<string, unknown>>;

export interface AuditEntry {
  readonly document: AuditDocument;
  readonly before: Fields;
  readonly after: Fields;
}

export interface AuditSource {
  readonly store: EventStore;
  readonly catalogue: EventCatalogue;
}

/** Who changed what; the fields come out of the log, secrets masked. */
export async function readAudit(
  deps: Identity,
  source: AuditSource,
  { tenant, ...query }: AuditQuery & { readonly tenant: string },
): Promise<Page<AuditEntry>> {
  const page = await listAudit(deps.mongo, tenant, query);
  const histories = new Map<string, Promise<readonly Envelope[]>>();
  const historyOf = (document: AuditDocument): Promise<readonly Envelope[]> => {
    const ref = { tenant, aggregate: document.aggregate, id: document.aggregateId };
    const key = `${ref.aggregate} ${ref.id}`;
    const known = histories.get(key) ?? source.store.load(ref).then(({ events }) => events);
    histories.set(key, known);
    return known;
  };
  const items: AuditEntry[] = [];
  for (const document of page.items) {
    const history = await historyOf(document);
    items.push({ document, ...changeAt(history, document.version, source.catalogue) });
  }
  return { items, nextCursor: page.nextCursor };
}

/** What the fields of one event were before it, by folding the aggregate's earlier events. */
export function changeAt(
  history: readonly Envelope[],
  version: number,
  catalogue: EventCatalogue,
): { readonly before: Fields; readonly after: Fields } {
  let known: Fields = {};
  for (const event of history) {
    const data = visible(event, catalogue);
    if (event.v === version) {
      const before = Object.keys(data)
        .filter((field) => field in known)
        .map((field) => [field, known[field]] as const);
      return { before: Object.fromEntries(before), after: data };
    }
    known = { ...known, ...data };
  }
  return { before: {}, after: {} };
}

function visible(event: Envelope, catalogue: EventCatalogue): Fields {
  const definition = catalogue.definitionOf(event.aggregate, event.type);
  if (!definition) return {};
  return maskFields(definition.data, event.data, ['secret']) as Fields;
}
