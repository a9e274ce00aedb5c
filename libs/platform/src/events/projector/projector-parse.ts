import {
  eventFilter,
  type AggregateRef,
  type Envelope,
  type EventCatalogue,
} from '@trunkline/contracts';
import { ProjectionFailure } from './projection-failure.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The event behind a message, or the reason why it can't be one. */
export function readEvent(
  catalogue: EventCatalogue,
  message: { readonly ref: AggregateRef; readonly data: Uint8Array },
): Envelope {
  let raw: unknown;
  try {
    raw = JSON.parse(utf8.decode(message.data));
  } catch (error) {
    throw new ProjectionFailure(message.ref, 'not JSON', { cause: error });
  }
  return parseEvent(catalogue, { ref: message.ref, raw });
}

export function parseEvent(
  catalogue: EventCatalogue,
  from: { readonly ref: AggregateRef; readonly raw: unknown },
): Envelope {
  const parsed = catalogue.parse(from.raw);
  const hints = hintsOf(from.raw);
  if (!parsed.ok) throw new ProjectionFailure({ ...from.ref, ...hints }, parsed.reason);
  if (eventFilter(refOf(parsed.event)) !== eventFilter(from.ref)) {
    throw new ProjectionFailure(
      { ...from.ref, ...hints },
      'names another aggregate than its subject',
    );
  }
  return parsed.event;
}

export function refOf(event: AggregateRef): AggregateRef {
  return { tenant: event.tenant, aggregate: event.aggregate, id: event.id };
}

/** Version and type of something that may be no event. */
function hintsOf(raw: unknown): { v?: number; type?: string } {
  if (typeof raw !== 'object' || raw === null) return {};
  const { v, type } = raw as Record<string, unknown>;
  return {
    ...(Number.isSafeInteger(v) ? { v: v as number } : {}),
    ...(typeof type === 'string' && /^[a-z][\w.-]{0,95}$/i.test(type) ? { type } : {}),
  };
}
