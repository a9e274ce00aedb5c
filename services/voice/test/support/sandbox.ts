import { startSandbox, type RunningSandbox } from '@trunkline/testing';

export interface VendorCounts {
  readonly connectionsOpened: number;
  readonly openSockets: number;
  readonly cancels: number;
}

/** The stand-ins as the program they are: no service may import them. */
export class Sandbox {
  private constructor(private readonly running: RunningSandbox) {}

  static async start(): Promise<Sandbox> {
    return new Sandbox(await startSandbox({ SANDBOX_CONNECT_DELAY_MS: '0' }));
  }

  get url(): string {
    return this.running.url;
  }

  async tell(path: string, order: object): Promise<unknown> {
    const response = await fetch(`${this.url}/__control${path}`, {
      method: 'POST',
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return response.json();
  }

  /** What a vendor does wrong, to one credential only. */
  async fault(provider: string, key: string, fault: object): Promise<void> {
    await this.tell('', { provider, fault, times: 1, key });
  }

  async counts(provider: string): Promise<VendorCounts> {
    const response = await fetch(`${this.url}/__control`, { signal: AbortSignal.timeout(5000) });
    const { providers } = (await response.json()) as { providers: Record<string, VendorCounts> };
    return providers[provider] ?? { connectionsOpened: 0, openSockets: 0, cancels: 0 };
  }

  async stop(): Promise<void> {
    await this.running.stop();
  }
}
