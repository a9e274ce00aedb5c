import { maxToolVersions, type ToolDefinition, type ToolFact } from '@trunkline/contracts';
import { AppError, assertNever, type Decider } from '@trunkline/kernel';

export interface ToolState {
  readonly exists: boolean;
  readonly archived: boolean;
  readonly version: number;
  readonly definition: ToolDefinition | undefined;
}

export type ToolCommand =
  | { readonly do: 'add-version'; readonly definition: ToolDefinition }
  | { readonly do: 'archive' };

export const toolDecider: Decider<ToolState, ToolCommand, ToolFact> = {
  initialState: { exists: false, archived: false, version: 0, definition: undefined },

  decide(state, command) {
    if (!state.exists) throw new AppError('request.not-found');
    if (command.do === 'archive') {
      return state.archived ? undefined : { type: 'tool.archived', data: {} };
    }
    if (state.archived) throw new AppError('tool.archived');
    const { definition } = command;
    if (JSON.stringify(definition) === JSON.stringify(state.definition)) return undefined;
    if (state.version >= maxToolVersions) throw new AppError('tool.too-many-versions');
    return { type: 'tool.version-added', data: { version: state.version + 1, definition } };
  },

  evolve(state, event) {
    switch (event.type) {
      case 'tool.created':
        return { ...state, exists: true, version: 1, definition: event.data.definition };
      case 'tool.version-added':
        return { ...state, version: event.data.version, definition: event.data.definition };
      case 'tool.archived':
        return { ...state, archived: true };
      default:
        return assertNever(event);
    }
  },
};
