import { projections, type callAggregate, type EventOf } from '@trunkline/contracts';
import type { ProjectedDocument, Projection } from '@trunkline/platform';

/** What somebody has to finish if its pod dies. */
export interface OpenCallDocument extends ProjectedDocument {
  readonly pod: string;
  readonly isOpen: boolean;
  readonly startedAt: string;
}

type CallEvent = EventOf<typeof callAggregate>;

export const openCalls: Projection<OpenCallDocument> = {
  definition: projections.openCalls,
  documentId: (event) => event.id,
  project: (doc, event) => {
    const fact = event as CallEvent;
    if (fact.type === 'call.started') {
      const { pod } = fact.data;
      const { id, tenant, occurredAt } = event;
      return { _id: id, tenant, pod, isOpen: true, startedAt: occurredAt };
    }
    return doc && { ...doc, isOpen: doc.isOpen && !closes(fact) };
  },
  indexes: [
    {
      keys: { tenant: 1, pod: 1 },
      // Nearly all calls are over.
      options: { name: 'open', partialFilterExpression: { isOpen: true } },
    },
  ],
};

const withoutSound: readonly string[] = ['none', 'failed'];

/** An end leaves a recording to be stored, where there is one. */
function closes(fact: CallEvent): boolean {
  if (fact.type === 'call.ended') return withoutSound.includes(fact.data.recording);
  return fact.type === 'call.recording-stored' || fact.type === 'call.erased';
}
