import { sleep } from '@trunkline/kernel';
import { chatter, type CallerWorld, type Line } from '@trunkline/testing/whole';

const SHORTEST_MS = 4000;
const LONGEST_MS = 45_000;
const PAUSE_MS = 1000;
/** Every so manieth call is dialled by the platform. */
const DIALLED = 4;

export interface Generated {
  /** Calls that the API acknowledged. */
  readonly acknowledged: readonly string[];
  readonly rung: number;
  readonly refused: number;
}

/** So many people at a time who ring, or are rung, talk for a while and hang up. */
export class Generator {
  readonly #acknowledged: string[] = [];
  #rung = 0;
  #refused = 0;

  constructor(
    private readonly world: CallerWorld,
    private readonly lines: readonly Line[],
    private readonly dice: () => number,
  ) {}

  async run(callers: number, signal: AbortSignal): Promise<Generated> {
    await Promise.all(Array.from({ length: callers }, () => this.#keepCalling(signal)));
    return { acknowledged: this.#acknowledged, rung: this.#rung, refused: this.#refused };
  }

  async #keepCalling(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const line = this.lines[Math.floor(this.dice() * this.lines.length)] as Line;
      this.#rung += 1;
      if (this.#rung % DIALLED === 0) await this.#order(line);
      else await this.#ring(line, signal);
      await this.#wait(PAUSE_MS, signal);
    }
  }

  async #ring(line: Line, signal: AbortSignal): Promise<void> {
    const id = await this.world.dialIn(line, chatter());
    await this.#wait(SHORTEST_MS + this.dice() * (LONGEST_MS - SHORTEST_MS), signal);
    await this.world.hangUp(id);
  }

  /** What is refused while something is away is nobody's loss. */
  async #order(line: Line): Promise<void> {
    const to = `+1555${String(Math.floor(this.dice() * 1e7)).padStart(7, '0')}`;
    const order = { to, from: line.number, agent: line.agent };
    try {
      const { id } = await this.world.api<{ id: string }>('POST', '/v1/calls', order);
      this.#acknowledged.push(id);
    } catch {
      this.#refused += 1;
    }
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    await Promise.allSettled([sleep(ms, signal)]);
  }
}
