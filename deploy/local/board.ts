import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './say.ts';
import { readDemo, writePrivately, type DemoLogin } from './secrets.ts';
import { servers } from './servers/all.ts';
import { answersReady } from './services.ts';
import type { Env } from './settings.ts';
import { within } from './until.ts';

export interface BoardRow {
  readonly name: string;
  readonly kind: 'server' | 'service';
  readonly address: string;
  readonly about: string;
}

export interface Board {
  readonly rows: readonly BoardRow[];
  readonly gatewayUrl?: string;
  /** Absent when the gateway serves no pages there. */
  readonly docsUrl?: string;
  /** Why there is no demo tenant, when there is none. */
  readonly notSeeded?: string;
}

interface Running {
  readonly board: Board;
  readonly settings: Env;
}

/** Everything a second command needs to know about the running platform; holds passwords. */
export function writeRunning(dataDir: string, running: Running): void {
  writePrivately(join(dataDir, 'run/env.json'), JSON.stringify(running.settings));
  writePrivately(join(dataDir, 'run/board.json'), JSON.stringify(running.board));
}

/** Undefined while it is still starting. */
export function readRunning(dataDir: string): Running | undefined {
  const [boardPath, envPath] = [join(dataDir, 'run/board.json'), join(dataDir, 'run/env.json')];
  if (!existsSync(boardPath) || !existsSync(envPath)) return undefined;
  const board = JSON.parse(readFileSync(boardPath, 'utf8')) as Board;
  return { board, settings: JSON.parse(readFileSync(envPath, 'utf8')) as Env };
}

/** States are asked for anew each time, by the same round trips as at the start. */
export async function printBoard(dataDir: string, running: Running): Promise<void> {
  const states = await Promise.all(running.board.rows.map((row) => stateOf(row, running.settings)));
  for (const line of boardLines(running.board, states, readDemo(dataDir))) say(line);
  say(`  Logs      ${join(dataDir, 'logs')}/<name>.log`);
}

async function stateOf(row: BoardRow, settings: Env): Promise<string> {
  const server = servers.find((candidate) => candidate.name === row.name);
  const proof = server ? server.roundTrip(settings) : answersReady(row.address);
  try {
    await within(proof, 5_000);
    return 'up';
  } catch {
    // The board shows the state; the reason stands in the log file it names.
    return 'DOWN';
  }
}

export function boardLines(
  board: Board,
  states: readonly string[],
  demo: DemoLogin | undefined,
): string[] {
  const widest = Math.max(...board.rows.map((row) => row.address.length));
  const rows = board.rows.map((row, index) => {
    const cells = [row.name.padEnd(10), row.address.padEnd(widest), states[index] ?? '?'];
    return `  ${cells.join('  ')}  ${row.about}`.trimEnd();
  });
  const all = states.every((state) => state === 'up');
  const title = all ? 'Trunkline is running' : 'Trunkline is running, with something down';
  return ['', title, ...rows, '', ...demoLines(board, demo)];
}

function demoLines(board: Board, demo: DemoLogin | undefined): string[] {
  if (board.notSeeded) return [`  Demo      none: ${board.notSeeded}`];
  if (!board.gatewayUrl || !demo) return [];
  const login = `  Login     ${demo.email}  ${demo.password}  (tenant ${demo.tenant ?? 'not ready'})`;
  const docs = board.docsUrl ? [`  API       ${board.docsUrl}`] : [];
  if (!demo.apiKey) return [login, ...docs];
  const hasAgents = board.rows.some((row) => row.name === 'agents');
  const path = hasAgents ? '/v1/agents' : '/v1/audit';
  const call = `curl -H 'authorization: Bearer ${demo.apiKey}' ${board.gatewayUrl}${path}`;
  const canCall = ['voice', 'sandbox'].every((name) => board.rows.some((row) => row.name === name));
  const phone = canCall ? [`  Call it   npm run call -- --say "Hello" --say "Goodbye"`] : [];
  return [login, `  API key   ${demo.apiKey}`, ...docs, ...phone, `  Try next  ${call}`];
}
