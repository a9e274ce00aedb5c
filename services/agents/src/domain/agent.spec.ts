import { describe, expect, it } from '@jest/globals';
import type { AgentConfig, AgentFact, ConfigProblem } from '@trunkline/contracts';
import { specFor } from '@trunkline/testing';
import { agentDecider, createAgent } from './agent.js';
import { newConfig } from './new-config.js';

const given = specFor(agentDecider);
const first = newConfig({ prompt: 'Be kind.' });
const second: AgentConfig = { ...first, maxDurationMs: 60_000 };
const hash = (letter: string): string => letter.repeat(64);

const created: AgentFact = {
  type: 'agent.created',
  data: { name: 'Desk', description: '', user: 'u-1', config: first, configHash: hash('a') },
};
const changed: AgentFact = {
  type: 'agent.draft-changed',
  data: { revision: 2, name: 'Desk', description: '', config: second },
};
const published: AgentFact = {
  type: 'agent.version-published',
  data: { version: 2, revision: 2, config: second, configHash: hash('b'), note: '' },
};
const rolledBack: AgentFact = {
  type: 'agent.rolled-back',
  data: { version: 1, from: 2, config: first, configHash: hash('a'), reason: '' },
};
const archived: AgentFact = { type: 'agent.archived', data: {} };
const error: ConfigProblem = {
  path: 'llm.model',
  severity: 'error',
  code: 'model.unknown',
  message: 'no such model',
};
const publish = {
  do: 'publish',
  revision: 2,
  configHash: hash('b'),
  problems: [],
  note: '',
} as const;

describe('an agent', () => {
  it.each([
    { do: 'change-draft', revision: 1 },
    publish,
    { do: 'roll-back', version: 1, reason: '' },
    { do: 'archive' },
  ] as const)('that does not exist refuses to $do', (command) => {
    given([]).when(command).thenRefused('request.not-found');
  });

  it('changes its draft by what is given and keeps the rest', () => {
    given([created])
      .when({ do: 'change-draft', revision: 1, patch: { maxDurationMs: 60_000 } })
      .then(changed);
  });

  it('changes nothing when nothing changed', () => {
    given([created])
      .when({ do: 'change-draft', revision: 1, name: 'Desk', patch: { llm: { temperature: 0.7 } } })
      .then(undefined);
  });

  it('refuses a change of a draft that is no longer the one', () => {
    given([created, changed])
      .when({ do: 'change-draft', revision: 1, name: 'Other' })
      .thenRefused('state.conflict');
  });

  it('publishes its draft as the next version', () => {
    given([created, changed]).when(publish).then(published);
  });

  it('numbers on after a roll-back', () => {
    given([created, changed, published, rolledBack])
      .when({ ...publish, configHash: hash('c') })
      .then({ ...published, data: { ...published.data, version: 3, configHash: hash('c') } });
  });

  it.each([
    ['of another revision', { ...publish, revision: 1 }, 'state.conflict'],
    ['with an error', { ...publish, problems: [error] }, 'agent.invalid-config'],
    ['that is live already', { ...publish, configHash: hash('a') }, 'agent.unchanged'],
  ])('refuses to publish a draft %s', (_name, command, code) => {
    given([created, changed]).when(command).thenRefused(code);
  });

  it('publishes with a warning', () => {
    const problems = [{ ...error, severity: 'warning' as const }];
    given([created, changed])
      .when({ ...publish, problems })
      .then(published);
  });

  it('rolls back to a version that was, once', () => {
    const command = { do: 'roll-back', version: 1, reason: '' } as const;
    given([created, changed, published]).when(command).then(rolledBack);
    given([created, changed, published, rolledBack]).when(command).then(undefined);
    given([created])
      .when({ ...command, version: 2 })
      .thenRefused('agent.no-such-version');
  });

  it('is archived once, and does not change any more', () => {
    given([created]).when({ do: 'archive' }).then(archived);
    given([created, archived]).when({ do: 'archive' }).then(undefined);
    given([created, changed, archived]).when(publish).thenRefused('agent.archived');
  });

  it('is not made with an error', () => {
    expect(() => createAgent(created.data, [error])).toThrow('agent.invalid-config');
    expect(createAgent(created.data, [])).toEqual(created);
  });
});
