import { z } from 'zod';

export const moods = ['normal', 'rate-limited', 'server-error', 'stall'] as const;
export type Mood = (typeof moods)[number];

/** `times`: for so many requests, then normal again; left out: until told otherwise. */
export const moodOrder = z.strictObject({
  provider: z.string(),
  mood: z.enum(moods),
  times: z.int().min(1).max(1000).optional(),
});
export type MoodOrder = z.output<typeof moodOrder>;

/** How each vendor is to behave, and how often it was asked. */
export class Moods {
  readonly #orders = new Map<string, { readonly mood: Mood; left: number }>();
  readonly #asked = new Map<string, number>();

  set({ provider, mood, times = Infinity }: MoodOrder): void {
    this.#orders.set(provider, { mood, left: times });
  }

  clear(provider?: string): void {
    if (provider === undefined) this.#orders.clear();
    else this.#orders.delete(provider);
  }

  /** Counts the request and says how it is to be met. */
  take(provider: string): Mood {
    this.#asked.set(provider, (this.#asked.get(provider) ?? 0) + 1);
    const order = this.#orders.get(provider);
    if (!order || order.left <= 0) return 'normal';
    order.left -= 1;
    return order.mood;
  }

  asked(): Record<string, number> {
    return Object.fromEntries(this.#asked);
  }
}
