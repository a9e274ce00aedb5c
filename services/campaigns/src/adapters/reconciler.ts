import { sleep } from '@trunkline/kernel';
import type { CampaignsApp } from '../app/campaigns-app.js';
import { reconcileAll } from '../app/reconcile.js';

/** Looks after what stands still, again and again; any number of replicas may. */
export class Reconciler {
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;

  constructor(app: CampaignsApp, everyMs: number) {
    this.#loop = this.#run(app, everyMs);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    await this.#loop;
  }

  async #run(app: CampaignsApp, everyMs: number): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await reconcileAll(app, signal);
      } catch (error) {
        app.logger.warn('dial.reconciler-failed', { error });
      }
      // Replicas drift apart, so that they rarely look at the same moment.
      await Promise.allSettled([sleep(everyMs * (0.75 + Math.random() / 2), signal)]);
    }
  }
}
