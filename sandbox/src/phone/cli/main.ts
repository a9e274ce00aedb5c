import { readFileSync } from 'node:fs';
import { readFlags, usage, UsageError } from './flags.js';
import { makeCall } from './make-call.js';
import { Problem } from './problem.js';

function readScript(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : ''}`);
  }
}

async function main(): Promise<number> {
  const flags = readFlags(process.argv.slice(2), readScript);
  if (flags.wantsHelp) {
    console.log(usage);
    return 0;
  }
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  process.once('SIGTERM', () => interruption.abort());
  return await makeCall(flags, process.env, interruption.signal);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Problem) && !(error instanceof UsageError)) throw error;
  console.error(`✖ ${error.message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
