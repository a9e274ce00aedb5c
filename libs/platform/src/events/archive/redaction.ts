import { isDeepStrictEqual } from 'node:util';
import {
  mapMarkedFields,
  redactFields,
  type Envelope,
  type EventCatalogue,
  type EventDefinition,
} from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { z } from 'zod';

/** What has to change in one aggregate's history: every event up to `upToV` is rewritten. */
export interface RedactionPlan {
  readonly upToV: number;
  redact(event: Envelope): Envelope;
}

/** All before the last erasing fact loses its personal fields and its secrets. */
export function planForgetting(
  catalogue: EventCatalogue,
  history: readonly Envelope[],
): RedactionPlan | undefined {
  const fact = history.findLast(
    ({ aggregate, type }) => catalogue.definitionOf(aggregate, type)?.erases,
  );
  if (!fact) return undefined;
  return {
    upToV: fact.v - 1,
    redact(event) {
      const schema = schemaOf(catalogue, event);
      return withData(event, redactFields(schema, event.data, ['personal', 'secret']));
    },
  };
}

/** A secret that a later event of the aggregate carries again is of no use any more. */
export function planSuperseded(
  catalogue: EventCatalogue,
  history: readonly Envelope[],
): RedactionPlan | undefined {
  const lastV = new Map<string, number>();
  for (const event of history) {
    for (const path of secretPaths(catalogue, event)) lastV.set(path, event.v);
  }
  const isStale = (event: Envelope, path: string): boolean => (lastV.get(path) ?? 0) > event.v;
  const stale = history.findLast((event) =>
    secretPaths(catalogue, event).some((path) => isStale(event, path)),
  );
  if (!stale) return undefined;
  return {
    upToV: stale.v,
    redact(event) {
      const data = mapMarkedFields(schemaOf(catalogue, event), event.data, (field) => {
        const isSecret = field.kind === 'secret' && isPresent(field.value);
        return isSecret && isStale(event, pathOf(field.path)) ? field.redacted : field.value;
      });
      return withData(event, data);
    },
  };
}

/** True when an event carries a secret that an earlier one may have carried, too. */
export function carriesSecretAgain(catalogue: EventCatalogue, event: Envelope): boolean {
  return event.v > 1 && secretPaths(catalogue, event).length > 0;
}

/** Its bytes must not lie about on a disk once the event is gone. */
export function carriesMarked(catalogue: EventCatalogue, event: Envelope): boolean {
  const schema = knownSchema(catalogue, event);
  if (!schema) return true;
  let found = false;
  mapMarkedFields(schema, event.data, ({ value }) => {
    found ||= isPresent(value);
    return value;
  });
  return found;
}

export function changes(plan: RedactionPlan, event: Envelope): boolean {
  return event.v <= plan.upToV && !isDeepStrictEqual(plan.redact(event), event);
}

export function applyPlan(plan: RedactionPlan, event: Envelope): Envelope {
  return event.v <= plan.upToV ? plan.redact(event) : event;
}

/** Redacted ones count too, so that the plan stays the same while it is carried out. */
function secretPaths(catalogue: EventCatalogue, event: Envelope): string[] {
  const schema = knownSchema(catalogue, event);
  if (!schema) return [];
  const paths: string[] = [];
  mapMarkedFields(schema, event.data, ({ kind, path, value }) => {
    if (kind === 'secret' && isPresent(value)) paths.push(pathOf(path));
    return value;
  });
  return paths;
}

/** The schema the event was written in: it is rewritten as it stands, not upcast. */
function schemaOf(catalogue: EventCatalogue, event: Envelope): z.ZodType {
  const schema = knownSchema(catalogue, event);
  if (schema) return schema;
  const { aggregate, type } = event;
  throw new AppError('log.not-erasable', { details: { aggregate, type, schema: event.schema } });
}

function knownSchema(catalogue: EventCatalogue, event: Envelope): z.ZodType | undefined {
  const definition = catalogue.definitionOf(event.aggregate, event.type);
  return definition && dataSchema(definition, event.schema);
}

function dataSchema(definition: EventDefinition, schema: number): z.ZodType | undefined {
  return schema === definition.schema ? definition.data : definition.previous?.[schema]?.data;
}

function withData(event: Envelope, data: unknown): Envelope {
  return { ...event, data: data as Envelope['data'] };
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function pathOf(path: readonly string[]): string {
  return path.join('.');
}
