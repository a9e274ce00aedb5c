import type { AgentConfig, AgentConfigPatch, AgentFact, ConfigProblem } from '@trunkline/contracts';
import { AppError, assertNever, type Decider } from '@trunkline/kernel';
import { mergeConfig } from './merge-config.js';

export interface PublishedVersion {
  readonly version: number;
  readonly config: AgentConfig;
  readonly configHash: string;
}

export interface AgentState {
  readonly exists: boolean;
  readonly archived: boolean;
  readonly name: string;
  readonly description: string;
  readonly draft: { readonly revision: number; readonly config: AgentConfig } | undefined;
  readonly versions: readonly PublishedVersion[];
  readonly live: number;
}

export type AgentCommand =
  | {
      readonly do: 'change-draft';
      /** The revision the author looked at. */
      readonly revision: number;
      readonly name?: string | undefined;
      readonly description?: string | undefined;
      readonly patch?: AgentConfigPatch | undefined;
    }
  | {
      readonly do: 'publish';
      readonly revision: number;
      /** Of the draft of that revision. */
      readonly configHash: string;
      /** What is wrong with the draft of that revision. */
      readonly problems: readonly ConfigProblem[];
      readonly note: string;
    }
  | { readonly do: 'roll-back'; readonly version: number; readonly reason: string }
  | { readonly do: 'archive' };

export const agentDecider: Decider<AgentState, AgentCommand, AgentFact> = {
  initialState: {
    exists: false,
    archived: false,
    name: '',
    description: '',
    draft: undefined,
    versions: [],
    live: 0,
  },

  decide(state, command) {
    if (!state.exists) throw new AppError('request.not-found');
    if (command.do === 'archive') {
      return state.archived ? undefined : { type: 'agent.archived', data: {} };
    }
    if (state.archived) throw new AppError('agent.archived');
    switch (command.do) {
      case 'change-draft':
        return changeDraft(state, command);
      case 'publish':
        return publish(state, command);
      case 'roll-back':
        return rollBack(state, command);
      default:
        return assertNever(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'agent.created':
        return created(state, event.data);
      case 'agent.draft-changed': {
        const { name, description, revision, config } = event.data;
        return { ...state, name, description, draft: { revision, config } };
      }
      case 'agent.version-published': {
        const { version, config, configHash } = event.data;
        const versions = [...state.versions, { version, config, configHash }];
        return { ...state, versions, live: version };
      }
      case 'agent.rolled-back':
        return { ...state, live: event.data.version };
      case 'agent.archived':
        return { ...state, archived: true };
      default:
        return assertNever(event);
    }
  },
};

/** A new agent, unless its configuration would not work in a call. */
export function createAgent(
  data: Extract<AgentFact, { type: 'agent.created' }>['data'],
  problems: readonly ConfigProblem[],
): AgentFact {
  refuseBroken(problems);
  return { type: 'agent.created', data };
}

export function liveVersionOf(state: AgentState): PublishedVersion | undefined {
  return versionOf(state, state.live);
}

export function versionOf(state: AgentState, version: number): PublishedVersion | undefined {
  return state.versions.find((one) => one.version === version);
}

function created(
  state: AgentState,
  data: Extract<AgentFact, { type: 'agent.created' }>['data'],
): AgentState {
  const { name, description, config, configHash } = data;
  const draft = { revision: 1, config };
  const versions = [{ version: 1, config, configHash }];
  return { ...state, exists: true, name, description, draft, versions, live: 1 };
}

type Change = Extract<AgentCommand, { do: 'change-draft' }>;

function changeDraft(state: AgentState, command: Change): AgentFact | undefined {
  const draft = draftAt(state, command.revision);
  const config = mergeConfig(draft.config, command.patch ?? {});
  const name = command.name ?? state.name;
  const description = command.description ?? state.description;
  const isSame =
    name === state.name &&
    description === state.description &&
    JSON.stringify(config) === JSON.stringify(draft.config);
  if (isSame) return undefined;
  const revision = draft.revision + 1;
  return { type: 'agent.draft-changed', data: { revision, name, description, config } };
}

function publish(state: AgentState, command: Extract<AgentCommand, { do: 'publish' }>): AgentFact {
  const { config, revision } = draftAt(state, command.revision);
  refuseBroken(command.problems);
  const { configHash, note } = command;
  if (liveVersionOf(state)?.configHash === configHash) throw new AppError('agent.unchanged');
  const version = state.versions.length + 1;
  return { type: 'agent.version-published', data: { version, revision, config, configHash, note } };
}

function rollBack(
  state: AgentState,
  command: Extract<AgentCommand, { do: 'roll-back' }>,
): AgentFact | undefined {
  const target = versionOf(state, command.version);
  if (!target) throw new AppError('agent.no-such-version');
  if (target.version === state.live) return undefined;
  return {
    type: 'agent.rolled-back',
    data: { ...target, from: state.live, reason: command.reason },
  };
}

function draftAt(state: AgentState, revision: number): NonNullable<AgentState['draft']> {
  const { draft } = state;
  if (!draft || draft.revision !== revision) {
    throw new AppError('state.conflict', { details: { revision: draft?.revision ?? 0 } });
  }
  return draft;
}

function refuseBroken(problems: readonly ConfigProblem[]): void {
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0)
    throw new AppError('agent.invalid-config', { details: { problems: errors } });
}
