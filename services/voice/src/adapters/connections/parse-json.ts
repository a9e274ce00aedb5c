/** `undefined` when it is not JSON: the schema that reads it next says so better. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
