import { isAppError } from '@trunkline/kernel';
import { archive, erase, index, rebuild, replay, verify } from './change-commands.js';
import type { Command, Operator } from './command.js';
import { UsageError, flagTexts, parseFlags } from './flags.js';
import { dead, show, tail } from './read-commands.js';

export interface LogCli {
  readonly args: readonly string[];
  /** Opened only for a command that is well formed. */
  open(): Promise<Operator>;
  close(operator: Operator): Promise<void>;
  print(line: string): void;
  note(line: string): void;
  readonly signal?: AbortSignal;
}

/** 0: done; 1: something is wrong with the log or its servers; 2: with the command line. */
export type ExitCode = 0 | 1 | 2;

const commands: Readonly<Record<string, Command>> = {
  tail,
  show,
  dead,
  replay,
  rebuild,
  verify,
  archive,
  index,
  erase,
};

export async function runLogCli(cli: LogCli): Promise<ExitCode> {
  const [name, ...rest] = cli.args;
  if (name === undefined || name === '--help' || name === 'help') {
    for (const line of overview()) cli.print(line);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return refuse(cli, `there is no command ${name}`, '');
  try {
    return await runCommand(cli, command, rest);
  } catch (error) {
    if (error instanceof UsageError) return refuse(cli, error.message, `${name} `);
    cli.note(faultText(error));
    return 1;
  }
}

function refuse(cli: LogCli, why: string, where: string): ExitCode {
  cli.note(`${why}. See: npm run log -- ${where}--help`);
  return 2;
}

async function runCommand(
  cli: LogCli,
  command: Command,
  args: readonly string[],
): Promise<ExitCode> {
  const flags = parseFlags(args, command.flags);
  if (flags.help) {
    for (const line of helpOf(command)) cli.print(line);
    return 0;
  }
  const operator = await cli.open();
  try {
    const { print, note, signal = new AbortController().signal } = cli;
    return await command.run({ operator, flags, signal, print, note });
  } finally {
    await cli.close(operator);
  }
}

function faultText(error: unknown): string {
  if (isAppError(error)) return `${error.code} ${JSON.stringify(error.details)}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function overview(): string[] {
  const width = Math.max(...Object.keys(commands).map(({ length }) => length));
  const rows = Object.entries(commands).map(
    ([name, { says }]) => `  ${name.padEnd(width)}  ${says}`,
  );
  return ['npm run log -- <command> [--help]', '', ...rows];
}

function helpOf(command: Command): string[] {
  const rows = command.flags.map((flag) => `  --${flag.padEnd(10)}  ${flagTexts[flag]}`);
  return [`npm run log -- ${command.usage}`, command.says, '', ...rows];
}
