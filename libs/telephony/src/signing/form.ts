/** All values of each name, in order; a Map, so that no name can reach a prototype. */
export type Form = ReadonlyMap<string, readonly string[]>;

const maxFields = 500;

export function parseForm(text: string): Form {
  const form = new Map<string, string[]>();
  let fields = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    fields += 1;
    if (fields > maxFields) break;
    const values = form.get(name);
    if (values === undefined) form.set(name, [value]);
    else values.push(value);
  }
  return form;
}

/** The first value of each name: what the schemas of the callbacks read. */
export function firstValues(form: Form): Record<string, string> {
  return Object.fromEntries([...form].map(([name, values]) => [name, values[0] ?? '']));
}

export function bodyText(rawBody: Uint8Array): string {
  return Buffer.from(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength).toString('utf8');
}

/** By UTF-16 code units, as the carriers' own libraries sort; never by locale. */
export const byCodeUnit = (left: string, right: string): number =>
  left < right ? -1 : Number(left > right);

/** `key1=a&key1=b&key2=c`, names and values sorted and not escaped. */
export function sortedQuery(form: Form): string {
  return [...form.keys()]
    .toSorted(byCodeUnit)
    .flatMap((name) => sortedValues(form, name).map((value) => `${name}=${value}`))
    .join('&');
}

/** `key1akey1bkey2c`. */
export function sortedPairs(form: Form): string {
  return [...form.keys()]
    .toSorted(byCodeUnit)
    .flatMap((name) => sortedValues(form, name).map((value) => name + value))
    .join('');
}

function sortedValues(form: Form, name: string): readonly string[] {
  return (form.get(name) ?? []).toSorted(byCodeUnit);
}
