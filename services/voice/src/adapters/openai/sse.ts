import { broken } from '../connections/provider-error.js';

const MAX_EVENT_CHARACTERS = 1_048_576;

/**
 * The `data` of server-sent events. Only what chat completions use: one `data:` line an event;
 * other fields and comments are skipped.
 */
export async function* sseData(
  bytes: AsyncIterable<Uint8Array>,
  provider: string,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      const data = dataIn(rest.slice(from, end));
      from = end + 1;
      if (data !== undefined) yield data;
    }
    if (from > 0) rest = rest.slice(from);
    if (rest.length > MAX_EVENT_CHARACTERS)
      throw broken(provider, new Error('an event without an end'));
  }
  const last = dataIn(rest);
  if (last !== undefined) yield last;
}

function dataIn(line: string): string | undefined {
  if (!line.startsWith('data:')) return undefined;
  const data = line.slice(5).trim();
  return data === '' ? undefined : data;
}
