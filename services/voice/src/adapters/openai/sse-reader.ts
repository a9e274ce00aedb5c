import { broken } from '../connections/provider-error.js';

const MAX_EVENT_CHARACTERS = 1_048_576;

/**
 * Bytes in, the `data` of server-sent events out. Only what chat completions use: one `data:`
 * line an event; other fields and comments are skipped. No iterator of its own: a reply has
 * hundreds of events, and each layer of them costs.
 */
export class SseReader {
  readonly #provider: string;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(provider: string) {
    this.#provider = provider;
  }

  push(bytes: Uint8Array): string[] {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const events: string[] = [];
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      addData(events, text.slice(from, end));
      from = end + 1;
    }
    this.#rest = text.slice(from);
    if (this.#rest.length > MAX_EVENT_CHARACTERS) {
      throw broken(this.#provider, new Error('an event without an end'));
    }
    return events;
  }

  /** A last line without its break. */
  end(): string[] {
    const events: string[] = [];
    addData(events, this.#rest);
    return events;
  }
}

function addData(events: string[], line: string): void {
  if (!line.startsWith('data:')) return;
  const data = line.slice(5).trim();
  if (data !== '') events.push(data);
}
