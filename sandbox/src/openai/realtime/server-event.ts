import { randomBytes } from 'node:crypto';
import type { RealtimeServerEvent } from 'openai/resources/realtime/realtime.js';

type WithoutId<Event> = Event extends unknown ? Omit<Event, 'event_id'> : never;
/** As the vendor's SDK declares them; `event_id` is added when sent. */
export type ServerEvent = WithoutId<RealtimeServerEvent>;
export type Say = (event: ServerEvent) => void;

export const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

export const textOf = (event: ServerEvent): string =>
  JSON.stringify({ ...event, event_id: newId('event') });

export interface Mistake {
  readonly code: string | null;
  readonly message: string;
  readonly param?: string;
  /** Of the client's event that was wrong. */
  readonly eventId?: string | undefined;
}

export const errorEvent = ({ code, message, param, eventId }: Mistake): ServerEvent => ({
  type: 'error',
  error: {
    type: 'invalid_request_error',
    code,
    message,
    param: param ?? null,
    event_id: eventId ?? null,
  },
});
