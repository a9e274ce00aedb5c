import { AppError } from '@trunkline/kernel';
import { isJsonObject, readJson } from '../read-json.js';

const limitBytes = 512;

/** `a=1,b=2`; values are escaped, because a comma or an equals sign would end them. */
export function writeExtraHeaders(parameters: Readonly<Record<string, string>>): string {
  const text = Object.entries(parameters)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join(',');
  if (text.length > limitBytes) {
    throw new AppError('request.too-large', { details: { limitBytes, part: 'extraHeaders' } });
  }
  return text;
}

/** What comes back: `a=1;b=2`, or with commas or braces, or JSON, with or without a prefix. */
export function readExtraHeaders(given: unknown): Readonly<Record<string, string>> {
  const value = typeof given === 'string' ? (readJson(given) ?? given) : given;
  if (isJsonObject(value)) {
    return fromPairs(
      Object.entries(value).flatMap(([name, one]) =>
        typeof one === 'string' ? [[name, one]] : [],
      ),
    );
  }
  if (typeof value !== 'string' || value.length > 4 * limitBytes) return {};
  const pairs = value.replaceAll(/^\{|\}$/g, '').split(/[;,]/);
  return fromPairs(pairs.map((pair) => pair.split(/[=:](.*)/s, 2)));
}

function fromPairs(pairs: readonly (readonly string[])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs
      .map(([name = '', value = '']) => [
        name.trim().replace(/^X-PH-/i, ''),
        unescape(value.trim()),
      ])
      .filter(([name]) => name !== ''),
  ) as Record<string, string>;
}

function unescape(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // A value that we did not write.
    return value;
  }
}
