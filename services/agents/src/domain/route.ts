import type { RouteFact } from '@trunkline/contracts';
import { AppError, assertNever, type Decider } from '@trunkline/kernel';

type Bound = Extract<RouteFact, { type: 'route.bound' }>['data'];

export interface RouteState {
  readonly bound: Bound | undefined;
  readonly everBound: boolean;
}

export type RouteCommand =
  | { readonly do: 'bind'; readonly to: Bound }
  | { readonly do: 'rebind'; readonly agent: string; readonly version: number | null }
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
    const { agent, version } = command;
    if (state.bound.agent === agent && state.bound.version === version) return undefined;
    return { type: 'route.rebound', data: { agent, version } };
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
