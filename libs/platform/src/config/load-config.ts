import type { z } from 'zod';
import { nearMiss } from './near-miss.js';
import { platformSettingNames } from './platform-settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigProblem {
  readonly name: string;
  readonly reason: string;
}

/** sysexits.h EX_CONFIG: the launcher and Kubernetes can tell a wrong setting from a crash. */
export const EXIT_CONFIG = 78;

const OWN_PREFIX = 'TRUNKLINE_';

/** Every wrong setting at once. Never shows a value: it may be a secret in the wrong place. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => `${problem.name}: ${problem.reason}`).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * The only reader of process.env. The keys of the schema are the names of the variables;
 * 0 and "" are values, only an absent variable takes the default.
 */
export function loadConfig<S extends z.ZodObject>(
  schema: S,
  env: Environment = process.env,
): Readonly<z.output<S>> {
  const names = Object.keys(schema.shape);
  const given = Object.fromEntries(
    names.filter((name) => env[name] !== undefined).map((name) => [name, env[name]]),
  );
  const parsed = schema.safeParse(given);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => problemOf(issue, given))),
    ...strangers(names, env),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(parsed.data);
}

export function loadConfigOrExit<S extends z.ZodObject>(schema: S): Readonly<z.output<S>> {
  try {
    return loadConfig(schema);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    exitForConfig(error);
  }
}

/** Also for what a setting points to: a missing key file is a wrong setting as well. */
export function exitForConfig(error: ConfigError): never {
  const lines = error.problems.map((problem) => `  ${problem.name}: ${problem.reason}`);
  process.stderr.write(`Wrong settings (${lines.length}):\n${lines.join('\n')}\n`);
  process.exit(EXIT_CONFIG);
}

function problemOf(issue: z.core.$ZodIssue, given: Environment): ConfigProblem {
  const name = String(issue.path[0] ?? '(settings)');
  const isMissing = issue.path.length > 0 && given[name] === undefined;
  return { name, reason: isMissing ? 'is missing' : issue.message };
}

function strangers(names: readonly string[], env: Environment): ConfigProblem[] {
  const known = new Set([...names, ...platformSettingNames()]);
  const unknown = Object.keys(env).filter((name) => !known.has(name) && env[name] !== undefined);
  return unknown.flatMap((name) => {
    const meant = nearMiss(name, names);
    if (meant !== undefined) return [{ name, reason: `is unknown; did you mean ${meant}?` }];
    return name.startsWith(OWN_PREFIX) ? [{ name, reason: 'is not a setting' }] : [];
  });
}
