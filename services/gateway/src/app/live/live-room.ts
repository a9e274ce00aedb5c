import type { LiveEvent, LiveNews } from '@trunkline/contracts';
import type { Clock } from '@trunkline/kernel';
import type { Joined, JoinRequest, LiveLimits } from './live-hub.js';
import { LiveReader, type Ending } from './live-reader.js';
import type { LiveFeed } from './ports.js';
import { RecentEntries } from './recent-entries.js';

export interface RoomParts {
  readonly tenant: string;
  readonly feed: LiveFeed;
  readonly clock: Clock;
  readonly limits: LiveLimits;
  readonly newEpoch: () => string;
  readonly onForgotten: () => void;
}

/** The live calls of one tenant: what was told last, and everybody who looks. */
export class LiveRoom {
  readonly #parts: RoomParts;
  readonly #recent: RecentEntries;
  readonly #readers = new Set<LiveReader>();
  readonly #unfollow: () => void;
  #lingering: NodeJS.Timeout | undefined;

  constructor(parts: RoomParts) {
    this.#parts = parts;
    this.#recent = new RecentEntries(parts.limits.recent, parts.newEpoch);
    this.#unfollow = parts.feed.follow(parts.tenant, (news) => this.#tell(news));
  }

  get readerCount(): number {
    return this.#readers.size;
  }

  get lastId(): string {
    return this.#recent.lastId;
  }

  join({ callId, lastEventId, onEnding }: JoinRequest): Pick<Joined, 'reader' | 'start'> {
    clearTimeout(this.#lingering);
    const capacity = this.#parts.limits.queuedEntries;
    const reader = new LiveReader({ capacity, callId, onEnding });
    this.#readers.add(reader);
    if (lastEventId === undefined) return { reader, start: 'fresh' };
    const missed = this.#recent.after(lastEventId);
    for (const entry of missed ?? []) reader.offer(entry);
    return { reader, start: missed ? 'resumed' : 'gap' };
  }

  leave(reader: LiveReader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#lingering = setTimeout(() => this.close(), this.#parts.limits.lingerMs).unref();
  }

  /** What was lost is not known, so nobody goes on from before it. */
  tellGap(): void {
    this.#recent.startOver();
    const at = new Date(this.#parts.clock.nowMs()).toISOString();
    this.#spread({ type: 'gap', at }, null);
  }

  end(why: Ending): void {
    for (const reader of this.#readers) reader.end(why);
  }

  close(): void {
    clearTimeout(this.#lingering);
    this.#unfollow();
    this.#parts.onForgotten();
  }

  #tell(news: LiveNews): void {
    this.#spread(news, news.callId);
  }

  #spread(event: LiveEvent, callId: string | null): void {
    const entry = this.#recent.add({ type: event.type, callId, json: JSON.stringify(event) });
    for (const reader of this.#readers) reader.offer(entry);
  }
}
