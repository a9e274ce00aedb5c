import type { LiveEvent } from '@trunkline/contracts';

type Told = LiveEvent | { readonly type: LiveEvent['type']; readonly json: string };

/** One server-sent event; JSON holds no line breaks. */
export function eventText(event: Told, id?: string): string {
  const json = 'json' in event ? event.json : JSON.stringify(event);
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `${idLine}event: ${event.type}\ndata: ${json}\n\n`;
}

/** No event, but its id counts: whoever waits for a rare one is up to date all the same. */
export function pingText(id: string): string {
  return `: ping\nid: ${id}\n\n`;
}
