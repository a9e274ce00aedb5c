import { carriers } from '@trunkline/contracts';
import { startSandbox, type RunningSandbox } from '@trunkline/testing';

export interface Create {
  readonly command: string;
  readonly status: number;
  readonly isAccepted: boolean;
  readonly key?: string;
  readonly callId?: string;
}

/** The carriers' stand-ins as the program they are: no service may import them. */
export class SandboxProcess {
  private constructor(private readonly running: RunningSandbox) {}

  static async start(): Promise<SandboxProcess> {
    return new SandboxProcess(await startSandbox());
  }

  get url(): string {
    return this.running.url;
  }

  settings(): Record<string, string> {
    return Object.fromEntries(
      carriers.map((name) => [`${name.toUpperCase()}_BASE_URL`, `${this.url}/${name}`]),
    );
  }

  async tell(path: string, order: object): Promise<void> {
    const response = await fetch(`${this.url}/__control${path}`, {
      method: 'POST',
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** The creates of one dial, as the carrier's ledger has them. */
  async creates(callId: string): Promise<readonly Create[]> {
    const signal = AbortSignal.timeout(5000);
    const response = await fetch(`${this.url}/__control/carriers/ledger`, { signal });
    const { entries } = (await response.json()) as { entries: Create[] };
    return entries.filter(({ command, key }) => command.startsWith('create') && key === callId);
  }

  async stop(): Promise<void> {
    await this.running.stop();
  }
}
