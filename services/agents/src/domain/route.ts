import type { RouteFact, WhenNoRoom } from '@trunkline/contracts';
import { AppError, assertNever, type Decider } from '@trunkline/kernel';

type Bound = Extract<RouteFact, { type: 'route.bound' }>['data'];

export interface RouteState {
  readonly bound: Bound | undefined;
  readonly everBound: boolean;
}

interface Rebind {
  readonly do: 'rebind';
  readonly agent: string;
  readonly version: number | null;
  readonly whenNoRoom: WhenNoRoom;
}

export type RouteCommand =
  | { readonly do: 'bind'; readonly to: Bound }
  | Rebind
  | { readonly do: 'release' };

/** One aggregate per carrier account, number and direction: two bindings cannot both win. */
export const routeDecider: Decider<RouteState, RouteCommand, RouteFact> = {
  initialState: { bound: undefined, everBound: false },

  decide(state, command) {
    if (command.do === 'bind') {
      if (state.bound) throw new AppError('route.taken');
      return { type: 'route.bound', data: command.to };
    }
    if (!state.everBound) throw new AppError('request.not-found');
    if (command.do === 'release') {
      return state.bound ? { type: 'route.released', data: {} } : undefined;
    }
    if (!state.bound) throw new AppError('route.released');
    const { agent, version, whenNoRoom } = command;
    const target = { agent, version, whenNoRoom };
    return isSameTarget(state.bound, target) ? undefined : { type: 'route.rebound', data: target };
  },

  evolve(state, event) {
    switch (event.type) {
      case 'route.bound':
        return { bound: event.data, everBound: true };
      case 'route.rebound':
        return { ...state, bound: state.bound && { ...state.bound, ...event.data } };
      case 'route.released':
        return { ...state, bound: undefined };
      default:
        return assertNever(event);
    }
  },
};

function isSameTarget(bound: Bound, target: Omit<Rebind, 'do'>): boolean {
  const isSameAgent = bound.agent === target.agent && bound.version === target.version;
  return isSameAgent && isSameNotice(bound.whenNoRoom ?? null, target.whenNoRoom);
}

function isSameNotice(one: WhenNoRoom, other: WhenNoRoom): boolean {
  if (one === null || other === null) return one === other;
  if (one.do === 'say' && other.do === 'say') {
    return one.text === other.text && one.language === other.language;
  }
  return one.do === 'forward' && other.do === 'forward' && one.to === other.to;
}
