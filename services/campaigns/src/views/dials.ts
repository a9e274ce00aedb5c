import {
  hashOf,
  projections,
  type Carrier,
  type DialOutcome,
  type EventOf,
  type dialAggregate,
} from '@trunkline/contracts';
import type { ProjectedDocument, Projection } from '@trunkline/platform';
import { statusAfter } from '../domain/dial.js';
import type { DialStatus } from '../domain/dial-status.js';

/** What is under way. No numbers: whoever needs them reads the log. */
export interface DialDocument extends ProjectedDocument {
  readonly status: DialStatus;
  readonly isOpen: boolean;
  readonly agent: string;
  readonly carrier: Carrier;
  readonly carrierAccount: string;
  readonly campaign: string | null;
  readonly pod: string;
  readonly outcome: DialOutcome | null;
  readonly reason: string | null;
  /** Finds dials between the same numbers without being one: many numbers share it. */
  readonly pair: number;
  readonly requestedAt: string;
  readonly changedAt: string;
}

type DialEvent = EventOf<typeof dialAggregate>;

export const dials: Projection<DialDocument> = {
  definition: projections.dials,
  documentId: (event) => event.id,
  project: (doc, event) => projectDial(doc, event as DialEvent),
  indexes: [
    {
      keys: { tenant: 1, changedAt: 1 },
      // Most dials are over: the few that are open have an index of their own.
      options: { name: 'open', partialFilterExpression: { isOpen: true } },
    },
    { keys: { tenant: 1, pair: 1, requestedAt: 1 }, options: { name: 'pair' } },
  ],
};

export function pairOf(from: string, to: string): number {
  return hashOf(`${from} ${to}`);
}

function projectDial(doc: DialDocument | undefined, event: DialEvent): DialDocument | undefined {
  const changedAt = event.occurredAt;
  if (event.type === 'dial.requested') {
    const { agent, carrier, carrierAccount, campaign, pod, from, to } = event.data;
    return {
      ...{ _id: event.id, tenant: event.tenant, status: 'requested', isOpen: true },
      ...{ agent, carrier, carrierAccount, campaign, pod, outcome: null, reason: null },
      ...{ pair: pairOf(from, to), requestedAt: changedAt, changedAt },
    };
  }
  return doc && { ...doc, ...changes(doc, event), changedAt };
}

function changes(
  doc: DialDocument,
  event: Exclude<DialEvent, { type: 'dial.requested' }>,
): Partial<DialDocument> {
  if (event.type === 'dial.rejected') {
    return { status: 'over', isOpen: false, outcome: 'rejected', reason: event.data.reason };
  }
  if (event.type === 'dial.closed') {
    const { outcome, reason } = event.data;
    return { status: 'over', isOpen: false, outcome, reason };
  }
  return { status: statusAfter[event.type] ?? doc.status };
}
