import type { CarrierCall } from './carrier-call.js';
import type { Leg, Link } from './media/leg.js';

export interface Stay {
  readonly call: CarrierCall;
  readonly leg: Leg;
  readonly limitMs: number;
  readonly onJoined: () => void;
}

interface Member extends Stay {
  readonly over: AbortController;
}

/** Where two legs hear each other, until one of them has had enough. */
export class Rooms {
  readonly #rooms = new Map<string, Set<Member>>();

  async stay(name: string, stay: Stay): Promise<void> {
    const room = this.#rooms.get(name) ?? new Set();
    this.#rooms.set(name, room);
    const [other] = room;
    const { call, limitMs } = stay;
    const me: Member = { ...stay, over: new AbortController() };
    room.add(me);
    if (other) join(me, other);
    else call.note('waits to be joined');
    await call.wait(limitMs, AbortSignal.any([call.followSignal, me.over.signal]));
    room.delete(me);
    if (room.size === 0) this.#rooms.delete(name);
    for (const left of room) left.over.abort();
  }
}

function join(one: Member, other: Member): void {
  one.leg.attach(linkTo(other.leg));
  other.leg.attach(linkTo(one.leg));
  for (const [to, from] of [
    [one, other],
    [other, one],
  ] as const) {
    to.call.note(`joined with ${from.call.options.to}`);
    to.onJoined();
  }
}

function linkTo(leg: Leg): Link {
  return { say: ({ bytes }) => leg.play(bytes), markPlayed: () => undefined };
}
