import { parseArgs } from 'node:util';
import { tokenPattern } from '@trunkline/contracts';

/** A wrong command line: said in one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const flagTexts = {
  tenant: 'only this tenant',
  aggregate: 'only this kind of aggregate, e.g. agent',
  id: 'only this aggregate',
  type: 'only this type of event, e.g. agent.drafted',
  since: 'from then on: 90s, 15m, 2h, 3d, or a date and time',
  limit: 'at most so many events (20)',
  data: 'the data of the erasing fact as JSON ({})',
  follow: 'go on with what arrives',
  json: 'one JSON object per line',
  'dry-run': 'say what would be moved and move nothing',
  yes: 'really do it: there is no way back',
} as const;
export type Flag = keyof typeof flagTexts;

const switches: readonly Flag[] = ['follow', 'json', 'dry-run', 'yes'];

export interface Flags {
  readonly words: readonly string[];
  readonly help: boolean;
  text(flag: Flag): string | undefined;
  is(flag: Flag): boolean;
  /** Checked: it becomes a part of a subject. */
  token(flag: Flag): string | undefined;
  limit(): number;
  sinceMs(nowMs: number): number | undefined;
}

const MAX_LIMIT = 100_000;
const USUAL_LIMIT = 20;
const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export function parseFlags(args: readonly string[], allowed: readonly Flag[]): Flags {
  const option = (flag: Flag) =>
    ({ type: switches.includes(flag) ? 'boolean' : 'string' }) as const;
  const options = Object.fromEntries(allowed.map((flag) => [flag, option(flag)]));
  const { values, positionals } = parsed(args, { ...options, help: { type: 'boolean' } });
  const text = (flag: Flag): string | undefined => {
    const value = values[flag];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    words: positionals,
    help: values['help'] === true,
    text,
    is: (flag) => values[flag] === true,
    token(flag) {
      const value = text(flag);
      if (value !== undefined && !tokenPattern.test(value)) {
        throw new UsageError(`--${flag}: only letters, digits, _ and -, at most 64`);
      }
      return value;
    },
    limit: () => limitOf(text('limit')),
    sinceMs: (nowMs) => sinceOf(text('since'), nowMs),
  };
}

function parsed(
  args: readonly string[],
  options: Record<string, { readonly type: 'boolean' | 'string' }>,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return USUAL_LIMIT;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new UsageError(`--limit: a whole number from 1 to ${MAX_LIMIT}`);
}

function sinceOf(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count && unit) return nowMs - Number(count) * (unitsMs[unit] ?? 0);
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new UsageError('--since: 90s, 15m, 2h, 3d, or a date and time');
}
