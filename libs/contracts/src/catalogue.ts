import { z } from 'zod';
import { envelope, type Envelope } from './envelope.js';

export const services = ['gateway', 'voice', 'agents', 'campaigns', 'analytics'] as const;
export type ServiceName = (typeof services)[number];

/** An older shape of an event's data and the pure step to the next one. */
export interface PreviousSchema {
  readonly data: z.ZodType;
  upcast(data: Record<string, unknown>): Record<string, unknown>;
}

export interface EventDefinition<Data extends z.ZodType = z.ZodType> {
  /** The current schema number; older ones stand in `previous`, by number. */
  readonly schema: number;
  readonly data: Data;
  /** One sentence for docs/events.md. */
  readonly says: string;
  /** Ends the aggregate: the archiver may move it. */
  readonly terminal?: true;
  /** Asks for the personal fields of the aggregate to be forgotten. */
  readonly erases?: true;
  readonly previous?: Readonly<Record<number, PreviousSchema>>;
}

export interface AggregateDefinition<
  Events extends Readonly<Record<string, EventDefinition>> = Readonly<
    Record<string, EventDefinition>
  >,
> {
  readonly name: string;
  /** The only service that may append. */
  readonly owner: ServiceName;
  readonly events: Events;
}

export function defineAggregate<const Events extends Readonly<Record<string, EventDefinition>>>(
  definition: AggregateDefinition<Events>,
): AggregateDefinition<Events> {
  return definition;
}

/** The union of facts of an aggregate: `{ type, data }`. */
export type FactOf<A extends AggregateDefinition> = {
  [Type in keyof A['events'] & string]: {
    readonly type: Type;
    readonly data: z.output<A['events'][Type]['data']>;
  };
}[keyof A['events'] & string];

/** The same facts with their envelope, as read from the log. */
export type EventOf<A extends AggregateDefinition> = FactOf<A> & Omit<Envelope, 'type' | 'data'>;

export type ParsedEvent =
  | { readonly ok: true; readonly event: Envelope; readonly definition: EventDefinition }
  | { readonly ok: false; readonly reason: string };

/** Everything the log may contain. A process gets one catalogue and parses with no other. */
export class EventCatalogue {
  readonly #aggregates: ReadonlyMap<string, AggregateDefinition>;

  constructor(aggregates: readonly AggregateDefinition[]) {
    this.#aggregates = new Map(aggregates.map((aggregate) => [aggregate.name, aggregate]));
  }

  get aggregates(): AggregateDefinition[] {
    return [...this.#aggregates.values()];
  }

  definitionOf(aggregate: string, type: string): EventDefinition | undefined {
    const events = this.#aggregates.get(aggregate)?.events;
    return events && Object.hasOwn(events, type) ? events[type] : undefined;
  }

  /** For events about to be stored: only the current schema will do. */
  parseNew(raw: unknown): ParsedEvent {
    const parsed = this.parse(raw);
    if (!parsed.ok) return parsed;
    const given = (raw as Envelope).schema;
    if (given === parsed.definition.schema) return parsed;
    return { ok: false, reason: `schema ${given} of ${parsed.event.type} is not the current one` };
  }

  /** For events read back: parses with the schema they were written in, then upcasts. */
  parse(raw: unknown): ParsedEvent {
    const outer = envelope.safeParse(raw);
    if (!outer.success) return { ok: false, reason: `envelope: ${issuesOf(outer.error)}` };
    const event = outer.data;
    const definition = this.definitionOf(event.aggregate, event.type);
    if (!definition) {
      return { ok: false, reason: `unknown event ${event.type} of ${event.aggregate}` };
    }
    return parseData(event, definition);
  }
}

function parseData(event: Envelope, definition: EventDefinition): ParsedEvent {
  let { data, schema } = event;
  while (schema < definition.schema) {
    const previous = definition.previous?.[schema];
    if (!previous) return { ok: false, reason: `no upcaster for ${event.type} schema ${schema}` };
    const old = previous.data.safeParse(data);
    if (!old.success) {
      return { ok: false, reason: `${event.type}@${schema}: ${issuesOf(old.error)}` };
    }
    data = previous.upcast(old.data as Record<string, unknown>);
    schema += 1;
  }
  if (schema > definition.schema) {
    return { ok: false, reason: `unknown schema ${schema} of ${event.type}` };
  }
  const current = definition.data.safeParse(data);
  if (!current.success) {
    return { ok: false, reason: `${event.type}@${schema}: ${issuesOf(current.error)}` };
  }
  const parsed = { ...event, schema, data: current.data as Record<string, unknown> };
  return { ok: true, event: parsed, definition };
}

/** Paths and codes only: a rejected value may be personal. */
function issuesOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`).join('; ');
}
