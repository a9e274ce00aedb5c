import { AppError, type Clock } from '@trunkline/kernel';
import type { LiveFeed } from './ports.js';
import type { LiveReader, ReaderOptions } from './live-reader.js';
import { LiveRoom } from './live-room.js';
import type { RecentLimits } from './recent-entries.js';

export interface LiveLimits {
  readonly readersPerTenant: number;
  /** Events that may wait for one reader. */
  readonly queuedEntries: number;
  readonly recent: RecentLimits;
  /** How long a tenant's last events are kept after its last reader left. */
  readonly lingerMs: number;
  /** Of tenants nobody looks at any more. */
  readonly lingeringRooms: number;
}

export interface HubParts {
  readonly feed: LiveFeed;
  readonly clock: Clock;
  readonly limits: LiveLimits;
  readonly newEpoch: () => string;
  readonly readers: { set(count: number): void };
}

export interface JoinRequest extends Pick<ReaderOptions, 'callId' | 'onEnding'> {
  readonly tenant: string;
  readonly lastEventId: string | undefined;
}

export interface Joined {
  readonly reader: LiveReader;
  readonly room: LiveRoom;
  /** `gap`: it asked to go on from something that is not known any more. */
  readonly start: 'fresh' | 'resumed' | 'gap';
  leave(): void;
}

const RETRY_AFTER_SECONDS = 10;

/** Who looks at which tenant's live calls, on this replica. */
export class LiveHub {
  readonly #parts: HubParts;
  readonly #rooms = new Map<string, LiveRoom>();
  readonly #forgetGaps: () => void;
  readonly #departures = new Set<() => void>();
  #readerCount = 0;
  #isStopping = false;

  constructor(parts: HubParts) {
    this.#parts = parts;
    this.#forgetGaps = parts.feed.onGap(() => {
      for (const room of this.#rooms.values()) room.tellGap();
    });
  }

  /** Rejects with `live.full`, or with `service.unavailable` on the way out. */
  join(request: JoinRequest): Joined {
    if (this.#isStopping) throw new AppError('service.unavailable', { retryable: true });
    const room = this.#roomOf(request.tenant);
    const { readersPerTenant: limit } = this.#parts.limits;
    if (room.readerCount >= limit) {
      const details = { limit, retryAfterSeconds: RETRY_AFTER_SECONDS };
      throw new AppError('live.full', { details });
    }
    const { reader, start } = room.join(request);
    this.#count(1);
    let hasLeft = false;
    const leave = (): void => {
      if (hasLeft) return;
      hasLeft = true;
      reader.end('left');
      room.leave(reader);
      this.#count(-1);
      if (room.readerCount === 0) this.#limitLingering();
    };
    return { reader, room, start, leave };
  }

  /** Says goodbye to everybody and waits until they are gone. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#forgetGaps();
    for (const room of this.#rooms.values()) room.end('shutdown');
    if (this.#readerCount > 0) {
      await new Promise<void>((resolve) => void this.#departures.add(resolve));
    }
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
  }

  #roomOf(tenant: string): LiveRoom {
    const known = this.#rooms.get(tenant);
    if (known) return known;
    const { feed, clock, limits, newEpoch } = this.#parts;
    const onForgotten = (): void => void this.#rooms.delete(tenant);
    const room = new LiveRoom({ tenant, feed, clock, limits, newEpoch, onForgotten });
    this.#rooms.set(tenant, room);
    return room;
  }

  /** The oldest first: their readers have had the most time to come back. */
  #limitLingering(): void {
    const lingering = [...this.#rooms.values()].filter(({ readerCount }) => readerCount === 0);
    const surplus = lingering.length - this.#parts.limits.lingeringRooms;
    for (const room of lingering.slice(0, Math.max(0, surplus))) room.close();
  }

  #count(change: number): void {
    this.#readerCount += change;
    this.#parts.readers.set(this.#readerCount);
    if (this.#readerCount > 0) return;
    for (const resolve of this.#departures) resolve();
  }
}
