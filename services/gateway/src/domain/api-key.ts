import {
  adminScopes,
  runtimeScopes,
  type ApikeyFact,
  type KeyKind,
  type Scope,
} from '@trunkline/contracts';
import { AppError, assertNever, type Decider } from '@trunkline/kernel';

export interface ApiKeyState {
  readonly status: 'none' | 'issued' | 'revoked';
  readonly kind: KeyKind;
  readonly keyHash: string;
  readonly generation: number;
}

export type ApiKeyCommand =
  | {
      readonly type: 'issue';
      readonly name: string;
      readonly kind: KeyKind;
      readonly scopes: readonly Scope[];
      readonly keyHash: string;
      readonly lastFour: string;
      readonly expiresAt: string | null;
      readonly nowMs: number;
    }
  | {
      readonly type: 'rotate';
      readonly keyHash: string;
      readonly lastFour: string;
      readonly generation: number;
      readonly previousUntil: string;
    }
  | { readonly type: 'revoke' };

const scopesOf: Readonly<Record<KeyKind, readonly Scope[]>> = {
  runtime: runtimeScopes,
  admin: adminScopes,
};

function decide(state: ApiKeyState, command: ApiKeyCommand): ApikeyFact | undefined {
  if (command.type === 'issue') return issue(command);
  if (state.status === 'none') throw new AppError('request.not-found');
  switch (command.type) {
    case 'rotate': {
      if (state.status === 'revoked') throw new AppError('apikey.revoked');
      const { type: _, ...data } = command;
      // A secret is derived from its generation: two writers must not share one.
      if (data.generation !== state.generation + 1) throw new AppError('state.conflict');
      return { type: 'apikey.rotated', data };
    }
    case 'revoke':
      return state.status === 'revoked' ? undefined : { type: 'apikey.revoked', data: {} };
    default:
      return assertNever(command);
  }
}

function issue(command: Extract<ApiKeyCommand, { type: 'issue' }>): ApikeyFact {
  const allowed = scopesOf[command.kind];
  const foreign = command.scopes.filter((scope) => !allowed.includes(scope));
  if (foreign.length > 0) {
    throw new AppError('request.invalid', {
      details: { field: 'scopes', reason: `not for ${command.kind} keys: ${foreign.join(', ')}` },
    });
  }
  if (command.expiresAt !== null && Date.parse(command.expiresAt) <= command.nowMs) {
    throw new AppError('request.invalid', {
      details: { field: 'expiresAt', reason: 'must be in the future' },
    });
  }
  const { name, kind, keyHash, lastFour, expiresAt } = command;
  const scopes = [...new Set(command.scopes)];
  return { type: 'apikey.issued', data: { name, kind, scopes, keyHash, lastFour, expiresAt } };
}

function evolve(state: ApiKeyState, fact: ApikeyFact): ApiKeyState {
  switch (fact.type) {
    case 'apikey.issued':
      return {
        status: 'issued',
        kind: fact.data.kind,
        keyHash: fact.data.keyHash,
        generation: 1,
      };
    case 'apikey.rotated':
      return { ...state, keyHash: fact.data.keyHash, generation: fact.data.generation };
    case 'apikey.revoked':
      return { ...state, status: 'revoked' };
    default:
      return assertNever(fact);
  }
}

export const apiKey: Decider<ApiKeyState, ApiKeyCommand, ApikeyFact> = {
  initialState: { status: 'none', kind: 'runtime', keyHash: '', generation: 0 },
  decide,
  evolve,
};
