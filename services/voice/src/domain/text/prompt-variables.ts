import type { PromptVariable } from '@trunkline/contracts';

export type VariableValues = Readonly<Record<string, string | number | boolean>>;

const placeholder = /\{\{([^{}]{0,200})\}\}/g;

/**
 * `{{first_name}}` becomes what the call brought, else its default, else nothing. What is filled
 * in is never read again for placeholders: a caller's name cannot ask for a second one.
 */
export function fillIn(
  text: string,
  variables: readonly PromptVariable[],
  values: VariableValues,
): string {
  const filled = text.replace(placeholder, (_whole, inner: string) =>
    valueOf(inner.trim(), variables, values),
  );
  return filled === text ? text : tidied(filled);
}

function valueOf(
  name: string,
  variables: readonly PromptVariable[],
  values: VariableValues,
): string {
  const given = Object.hasOwn(values, name) ? values[name] : undefined;
  const value = given ?? variables.find((one) => one.name === name)?.default ?? '';
  return String(value);
}

/** "Hello , are you" after a name that nobody knew. */
function tidied(text: string): string {
  return text.replace(/[ \t]+([,.!?;:])/g, '$1').replace(/(\S)[ \t]{2,}(?=\S)/g, '$1 ');
}
