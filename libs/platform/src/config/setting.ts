import { z } from 'zod';
import { Secret } from './secret.js';

/** What docs/config.md prints about a setting, kept beside its schema. */
export interface SettingNotes {
  readonly description: string;
  readonly type: string;
  readonly default?: string;
}

interface Described<T> {
  readonly meaning: string;
  readonly default?: T;
}

interface Bounded extends Described<number> {
  readonly min: number;
  readonly max: number;
}

/** Whole numbers only, written in digits: `""` is a value and no number. */
export function integerSetting(options: Bounded) {
  const { min, max } = options;
  const type = `integer ${min}…${max}`;
  const schema = z
    .string()
    .regex(/^-?\d{1,15}$/, `must be an ${type}`)
    .transform(Number)
    .pipe(z.int().min(min, `must be an ${type}`).max(max, `must be an ${type}`));
  return withDefault(schema, options, type);
}

export function textSetting(
  options: Described<string> & { readonly pattern?: RegExp; readonly maxLength?: number },
) {
  const bounded = z.string().max(options.maxLength ?? 512);
  return withDefault(options.pattern ? bounded.regex(options.pattern) : bounded, options, 'text');
}

export function choiceSetting<const Choice extends string>(
  choices: readonly [Choice, ...Choice[]],
  options: Described<Choice>,
) {
  return withDefault(z.enum(choices), options, choices.join(' | '));
}

/** One URL, or several with commas where the protocol allows it (nats). */
export function urlSetting(options: Described<string> & { readonly protocols: readonly string[] }) {
  const isRightUrl = (text: string): boolean =>
    text !== '' && text.split(',').every((part) => hasProtocol(part.trim(), options.protocols));
  const type = `URL (${options.protocols.join(', ')})`;
  const schema = z.string().max(2048).refine(isRightUrl, `must be a ${type}`);
  return withDefault(schema, options, type);
}

export function secretSetting(options: { readonly meaning: string; readonly minLength?: number }) {
  return noted(
    z
      .string()
      .min(options.minLength ?? 0)
      .max(4096)
      .transform((text) => new Secret(text)),
    { description: options.meaning, type: 'secret' },
  );
}

/** Connection strings carry passwords, so they are kept like secrets. */
export function secretUrlSetting(options: {
  readonly meaning: string;
  readonly protocols: readonly string[];
}) {
  const type = `secret URL (${options.protocols.join(', ')})`;
  const schema = z
    .string()
    .max(2048)
    .refine(
      (text) => options.protocols.some((protocol) => text.startsWith(`${protocol}://`)),
      `must be a ${type}`,
    )
    .transform((text) => new Secret(text));
  return noted(schema, { description: options.meaning, type });
}

export function fileSetting(options: Described<string>) {
  return withDefault(z.string().min(1).max(4096), options, 'file path');
}

/** For schemas of your own: what docs/config.md needs to know about them. */
export function noted<S extends z.ZodType>(schema: S, notes: SettingNotes): S {
  return schema.meta({ ...notes });
}

type WithDefault<S extends z.ZodType> = z.ZodType<z.output<S>, string | undefined>;

function withDefault<S extends z.ZodType>(
  schema: S,
  options: Described<unknown>,
  type: string,
): WithDefault<S> {
  const description = options.meaning;
  if (options.default === undefined) {
    return noted(schema, { description, type }) as unknown as WithDefault<S>;
  }
  const text = String(options.default);
  const filled = z
    .string()
    .default(text)
    .pipe(schema as unknown as z.ZodType<z.output<S>, string>);
  return noted(filled, { description, type, default: text });
}

function hasProtocol(text: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  return protocols.includes(new URL(text).protocol.slice(0, -1));
}
