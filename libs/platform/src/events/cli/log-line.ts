import type { Envelope, EventCatalogue } from '@trunkline/contracts';
import { z } from 'zod';
import { maskEvent } from '../store/mask-event.js';

export interface LoggedEvent {
  readonly event: Envelope;
  /** `undefined` for one from the cold half. */
  readonly seq?: number | undefined;
}

const MAX_DATA_CHARS = 400;

/** One line: when, what, of what, by whom, and the masked data. */
export function eventLine(catalogue: EventCatalogue, { event, seq }: LoggedEvent): string {
  const masked = maskEvent(catalogue, event);
  const half = seq === undefined ? 'cold' : `#${seq}`;
  return [
    localTime(event.occurredAt),
    half.padEnd(8),
    event.type.padEnd(28),
    `${event.tenant} ${event.aggregate}/${event.id}`,
    `v${event.v}`,
    `${event.actor.kind}:${event.actor.id}`,
    dataText(masked.data),
  ].join('  ');
}

export function eventJson(catalogue: EventCatalogue, { event, seq }: LoggedEvent): string {
  return JSON.stringify({ seq: seq ?? null, ...maskEvent(catalogue, event) });
}

export function localTime(iso: string): string {
  const at = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  const time = [two(at.getHours()), two(at.getMinutes()), two(at.getSeconds())].join(':');
  return `${day} ${time}`;
}

function dataText(data: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(data)
    .map(([key, value]) => `${key}=${plain(value)}`)
    .join(' ');
  return text.length > MAX_DATA_CHARS ? `${text.slice(0, MAX_DATA_CHARS)}…` : text;
}

function plain(value: unknown): string {
  const isWord = z
    .string()
    .regex(/^[^\s"=]+$/)
    .safeParse(value).success;
  return isWord ? String(value) : (JSON.stringify(value) ?? '');
}
