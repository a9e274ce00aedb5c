import type { Sandbox } from '../src/start-sandbox.js';

export interface Told {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Tells the sandbox, or asks it, under `/__control`. */
export async function told(sandbox: Sandbox, path: string, order?: unknown): Promise<Told> {
  const answer = await fetch(`${sandbox.url}/__control${path}`, {
    signal: AbortSignal.timeout(5000),
    ...(order !== undefined && { method: 'POST', body: JSON.stringify(order) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

export const tellFault = (
  sandbox: Sandbox,
  order: {
    readonly provider: string;
    readonly fault: object;
    readonly key?: string;
    readonly match?: string;
  },
): Promise<Told> => told(sandbox, '', { times: 1, ...order });

export async function counted(sandbox: Sandbox, provider: string): Promise<Record<string, number>> {
  const { body } = await told(sandbox, '');
  return (body['providers'] as Record<string, Record<string, number>>)[provider] ?? {};
}

export async function stampsOf(
  sandbox: Sandbox,
  text: string,
): Promise<readonly { kind: string; id: string; text: string; atMs: number }[]> {
  const { body } = await told(sandbox, '/stamps?since=0');
  const stamps = body['stamps'] as { kind: string; id: string; text: string; atMs: number }[];
  return stamps.filter((stamp) => stamp.text.includes(text));
}

/** Asks again until it holds, five seconds at most. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(5000);
  while (!(await holds())) {
    deadline.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
