import type { LiveNews } from '@trunkline/contracts';

/** What voice and campaigns tell of live calls while they run: at most once, in no store. */
export abstract class LiveFeed {
  /** From now on, all news of one tenant. Answers how to stop. */
  abstract follow(tenant: string, hear: (news: LiveNews) => void): () => void;

  /** Calls back after news may have been lost. Answers how to stop. */
  abstract onGap(hook: () => void): () => void;
}
