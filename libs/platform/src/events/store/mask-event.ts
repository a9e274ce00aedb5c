import { maskFields, type Envelope, type EventCatalogue } from '@trunkline/contracts';

/** The event with secrets and personal fields masked; what no code knows is masked as a whole. */
export function maskEvent(catalogue: EventCatalogue, event: Envelope): Envelope {
  const definition = catalogue.definitionOf(event.aggregate, event.type);
  const schema =
    definition?.schema === event.schema
      ? definition.data
      : definition?.previous?.[event.schema]?.data;
  if (!schema) return { ...event, data: event.data && { '•••': 'unknown schema' } };
  return { ...event, data: maskFields(schema, event.data) as Envelope['data'] };
}
