import type { Envelope } from '@trunkline/contracts';

const HEADER = 'Nats-Msg-Id';

/** `<tenant>.<aggregate>.<id>.<v>.<eventId>` */
export function messageIdOf(event: Envelope): string {
  return [event.tenant, event.aggregate, event.id, event.v, event.eventId].join('.');
}

/** The event a message of the log carries, without reading it. */
export function eventIdIn(message: {
  readonly headers?: { get(name: string): string } | undefined;
}): string | undefined {
  const messageId = message.headers?.get(HEADER) ?? '';
  return messageId.slice(messageId.lastIndexOf('.') + 1) || undefined;
}
