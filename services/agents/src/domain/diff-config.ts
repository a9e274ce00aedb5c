import type { AgentConfig, FieldDiff } from '@trunkline/contracts';

type Json = FieldDiff['before'];

/** Field by field; variables and tools are compared by name, other lists as a whole. */
export function diffConfigs(before: AgentConfig, after: AgentConfig): FieldDiff[] {
  return diff('', before as Json, after as Json);
}

function diff(path: string, before: Json, after: Json): FieldDiff[] {
  if (isSame(before, after)) return [];
  const [left, right] = [fieldsOf(before), fieldsOf(after)];
  if (!left || !right) return [entry(path, before, after)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names.flatMap((name) =>
    diff(path === '' ? name : `${path}.${name}`, left.get(name), right.get(name)),
  );
}

/** Objects by field, lists of named things by name; `undefined`: to be compared as a whole. */
function fieldsOf(value: Json): ReadonlyMap<string, Json> | undefined {
  if (Array.isArray(value)) {
    const keyed = value.map((item) => [keyOf(item), item] as const);
    const keys = keyed.map(([key]) => key);
    if (keys.includes(undefined) || new Set(keys).size !== keys.length) return undefined;
    return new Map(keyed.map(([key, item]) => [key ?? '', item]));
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map(Object.entries(value));
}

function keyOf(item: Json): string | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
  const key = item['name'] ?? item['tool'];
  return typeof key === 'string' ? key : undefined;
}

function entry(path: string, before: Json, after: Json): FieldDiff {
  if (before === undefined) return { path, change: 'added', after };
  if (after === undefined) return { path, change: 'removed', before };
  return { path, change: 'changed', before, after };
}

function isSame(before: Json, after: Json): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
