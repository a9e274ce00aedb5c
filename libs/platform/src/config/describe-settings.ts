import type { z } from 'zod';

/** One line of the generated docs/config.md. */
export interface SettingRow {
  readonly name: string;
  readonly type: string;
  /** `undefined`: it has none and must be set, unless `isRequired` is false. */
  readonly default: string | undefined;
  readonly isRequired: boolean;
  readonly meaning: string;
}

export function describeSettings(schema: z.ZodObject): SettingRow[] {
  return Object.entries(schema.shape).map(([name, setting]) => rowOf(name, setting as z.ZodType));
}

function rowOf(name: string, setting: z.ZodType): SettingRow {
  const notes = setting.meta() ?? {};
  const isRequired = !setting.safeParse(undefined).success;
  return {
    name,
    type: textOf(notes['type']) ?? setting.type,
    default: textOf(notes['default']) ?? printedDefault(setting),
    isRequired,
    meaning: notes.description ?? '',
  };
}

function printedDefault(setting: z.ZodType): string | undefined {
  const parsed = setting.safeParse(undefined);
  if (!parsed.success || parsed.data === undefined) return undefined;
  return typeof parsed.data === 'object' ? JSON.stringify(parsed.data) : String(parsed.data);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
