import { aiProviders, carriers } from '@trunkline/contracts';
import { startSandbox, type RunningSandbox } from '@trunkline/testing';

const vendors = [...aiProviders, ...carriers];

/** The stand-ins as the program they are: no service may import them. */
export class SandboxProcess {
  private constructor(private readonly running: RunningSandbox) {}

  static async start(): Promise<SandboxProcess> {
    return new SandboxProcess(await startSandbox());
  }

  get url(): string {
    return this.running.url;
  }

  /** The settings that send key checks here. */
  settings(): Record<string, string> {
    return Object.fromEntries(
      vendors.map((vendor) => [`${vendor.toUpperCase()}_BASE_URL`, `${this.url}/${vendor}`]),
    );
  }

  async order(order: { provider: string; mood: string; times?: number }): Promise<void> {
    await fetch(`${this.url}/__control`, {
      method: 'POST',
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(5000),
    });
  }

  async askedOf(provider: string): Promise<number> {
    const response = await fetch(`${this.url}/__control`, { signal: AbortSignal.timeout(5000) });
    const { asked } = (await response.json()) as { asked: Record<string, number> };
    return asked[provider] ?? 0;
  }

  async stop(): Promise<void> {
    await this.running.stop();
  }
}
