import type { ChatRequest } from './chat-request.js';

const MAX_DEPTH = 12;

type Schema = Readonly<Record<string, unknown>>;

/** The smallest JSON the asked-for format allows; `undefined`: plain text was asked for. */
export function jsonExample(format: ChatRequest['response_format']): string | undefined {
  if (format?.type === 'json_object') return '{}';
  if (format?.type !== 'json_schema') return undefined;
  return JSON.stringify(exampleOf(asSchema(format.json_schema?.schema), MAX_DEPTH));
}

function exampleOf(schema: Schema, depth: number): unknown {
  if (depth === 0) return null;
  if ('const' in schema) return schema['const'];
  const [choice] = listOf(schema['enum']);
  if (choice !== undefined) return choice;
  const [variant] = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])];
  if (variant !== undefined) return exampleOf(asSchema(variant), depth - 1);
  return ofType(schema, depth);
}

function ofType(schema: Schema, depth: number): unknown {
  switch (listOf(schema['type'])[0] ?? schema['type']) {
    case 'object':
      return Object.fromEntries(
        Object.entries(asSchema(schema['properties'])).map(([name, of]) => [
          name,
          exampleOf(asSchema(of), depth - 1),
        ]),
      );
    case 'array':
      return Array.from({ length: numberOf(schema['minItems']) }, () =>
        exampleOf(asSchema(schema['items']), depth - 1),
      );
    case 'string':
      return 'text'.padEnd(numberOf(schema['minLength']), '.');
    case 'number':
    case 'integer':
      return numberOf(schema['minimum']);
    case 'boolean':
      return false;
    default:
      return null;
  }
}

const asSchema = (value: unknown): Schema =>
  typeof value === 'object' && value !== null ? (value as Schema) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
