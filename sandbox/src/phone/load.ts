import { readLoadFlags } from './load/load-flags.js';
import { Load } from './load/run-load.js';

/** For benchmarks: callers in a process of their own, JSON lines on standard output. */
try {
  const flags = readLoadFlags(process.argv.slice(2));
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  process.once('SIGTERM', () => interruption.abort());
  const load = new Load(flags, (line) => console.log(JSON.stringify(line)));
  await load.run(interruption.signal);
} catch (error) {
  console.error(`✖ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
