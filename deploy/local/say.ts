/** Progress for a person: one line when a step begins, one when it is done, with its time. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function seconds(fromMs: number, toMs = performance.now()): string {
  return `${((toMs - fromMs) / 1000).toFixed(1)} s`;
}

export async function step<T>(
  name: string,
  work: () => Promise<T>,
  isGood: (result: T) => boolean = () => true,
): Promise<T> {
  const startedAtMs = performance.now();
  say(`· ${name}`);
  const result = await work();
  say(`${isGood(result) ? '✔' : '✖'} ${name} (${seconds(startedAtMs)})`);
  return result;
}
