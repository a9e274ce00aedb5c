import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemUser } from './servers/nats-conf.ts';
import { operatorFallback } from './servers/nats.ts';
import type { NatsUser } from './servers/server.ts';
import { rootDir } from './settings.ts';

const contracts = join(rootDir, 'libs/contracts/dist/index.js');

/** The allow-lists live in the contracts; before the first build there is only the operator. */
export async function loadNatsUsers(): Promise<readonly NatsUser[]> {
  if (!existsSync(contracts)) return [operatorFallback];
  const loaded = (await import(contracts)) as { natsUsers?: () => readonly NatsUser[] };
  return loaded.natsUsers?.() ?? [operatorFallback];
}

/** Everybody who needs a password. */
export function loginNames(users: readonly NatsUser[]): string[] {
  return [...users.map((user) => user.user), systemUser];
}
