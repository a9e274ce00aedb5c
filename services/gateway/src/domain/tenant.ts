import type { RuntimeDefaults, TenantFact, TenantLimits } from '@trunkline/contracts';
import { AppError, assertNever, type Decider } from '@trunkline/kernel';

export interface TenantState {
  readonly exists: boolean;
  readonly name: string;
  readonly slug: string | null;
  readonly parent: string | null;
  readonly suspended: boolean;
  readonly limits: TenantLimits;
  readonly runtimeDefaults: RuntimeDefaults;
}

export type TenantCommand =
  | {
      readonly type: 'create';
      readonly name: string;
      readonly slug: string | null;
      readonly parent: { readonly id: string; readonly isClient: boolean } | null;
    }
  | { readonly type: 'rename'; readonly name: string }
  | { readonly type: 'set-limits'; readonly limits: TenantLimits }
  | { readonly type: 'set-runtime-defaults'; readonly defaults: RuntimeDefaults }
  | { readonly type: 'suspend'; readonly reason: string }
  | { readonly type: 'resume' };

const noTenant: TenantState = {
  exists: false,
  name: '',
  slug: null,
  parent: null,
  suspended: false,
  limits: { requestsPerMinute: null, concurrentCalls: null, callsPerDay: null },
  runtimeDefaults: {
    llmProvider: null,
    llmModel: null,
    voice: null,
    language: null,
    promptKey: null,
  },
};

function decide(state: TenantState, command: TenantCommand): TenantFact | undefined {
  if (command.type === 'create') return create(state, command);
  if (!state.exists) throw new AppError('request.not-found');
  return change(state, command);
}

function change(
  state: TenantState,
  command: Exclude<TenantCommand, { type: 'create' }>,
): TenantFact | undefined {
  switch (command.type) {
    case 'rename':
      if (command.name === state.name) return undefined;
      return { type: 'tenant.renamed', data: { name: command.name } };
    case 'set-limits':
      return { type: 'tenant.limits-set', data: { limits: command.limits } };
    case 'set-runtime-defaults':
      return { type: 'tenant.runtime-defaults-set', data: { defaults: command.defaults } };
    case 'suspend':
      if (state.suspended) return undefined;
      return { type: 'tenant.suspended', data: { reason: command.reason } };
    case 'resume':
      return state.suspended ? { type: 'tenant.resumed', data: {} } : undefined;
    default:
      return assertNever(command);
  }
}

function create(
  state: TenantState,
  command: Extract<TenantCommand, { type: 'create' }>,
): TenantFact {
  if (state.exists) throw new AppError('state.conflict');
  if (command.parent?.isClient) throw new AppError('tenant.is-client');
  const { name, slug } = command;
  return { type: 'tenant.created', data: { name, slug, parent: command.parent?.id ?? null } };
}

function evolve(state: TenantState, fact: TenantFact): TenantState {
  switch (fact.type) {
    case 'tenant.created':
      return { ...noTenant, exists: true, ...fact.data };
    case 'tenant.renamed':
      return { ...state, name: fact.data.name };
    case 'tenant.limits-set':
      return { ...state, limits: fact.data.limits };
    case 'tenant.runtime-defaults-set':
      return { ...state, runtimeDefaults: fact.data.defaults };
    case 'tenant.suspended':
      return { ...state, suspended: true };
    case 'tenant.resumed':
      return { ...state, suspended: false };
    default:
      return assertNever(fact);
  }
}

export const tenant: Decider<TenantState, TenantCommand, TenantFact> = {
  initialState: noTenant,
  decide,
  evolve,
};
