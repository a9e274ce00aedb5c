/** What the agents service refuses; part of the one catalogue in errors.ts. */
export const agentErrors = {
  'agent.invalid-config': {
    status: 422,
    title: 'The configuration would not work in a call',
    fix: 'Correct what `details.problems` lists and try again.',
  },
  'agent.unchanged': {
    status: 409,
    title: 'The draft is the same as the live version',
    fix: 'Change the draft before you publish it.',
  },
  'agent.archived': {
    status: 409,
    title: 'The agent is archived',
    fix: 'Create another agent; an archived one does not change any more.',
  },
  'agent.in-use': {
    status: 409,
    title: 'Phone numbers belong to this agent',
    fix: 'Release or rebind its numbers first.',
  },
  'agent.no-such-version': {
    status: 404,
    title: 'The agent has no such version',
    fix: 'List its versions and take one of them.',
  },
  'tool.bad-schema': {
    status: 422,
    title: 'The parameters are not a usable JSON schema',
    fix: 'Correct what `details` names: an object schema of at most 16 KB and 8 levels.',
  },
  'tool.bad-url': {
    status: 422,
    title: 'This address cannot be called',
    fix: 'Use https with a public host name, port 443 or 8443, and no user or password.',
  },
  'tool.archived': {
    status: 409,
    title: 'The tool is archived',
    fix: 'Create another tool.',
  },
  'tool.too-many-versions': {
    status: 409,
    title: 'The tool has as many versions as there can be',
    fix: 'Create another tool.',
  },
  'knowledge.full': {
    status: 409,
    title: 'The agent has as many documents as there can be',
    fix: 'Remove one, or put several into one document.',
  },
  'carrier-account.in-use': {
    status: 409,
    title: 'Phone numbers are routed through this account',
    fix: 'Release its numbers first.',
  },
  'route.taken': {
    status: 409,
    title: 'This number already belongs to an agent in this direction',
    fix: 'Rebind or release the existing route.',
  },
  'route.released': {
    status: 409,
    title: 'The number was released',
    fix: 'Bind it again.',
  },
  'route.bad-target': {
    status: 422,
    title: 'The agent, version or carrier account cannot be used',
    fix: 'Name an active agent, one of its versions and an account of yours; see `details`.',
  },
} as const;
