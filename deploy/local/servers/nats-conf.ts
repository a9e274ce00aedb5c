import type { NatsUser } from './server.ts';

export interface NatsConf {
  readonly port: number;
  readonly monitorPort: number;
  readonly storeDir: string;
  readonly users: readonly NatsUser[];
  readonly passwords: Readonly<Record<string, string>>;
}

export const systemUser = 'sys';

/** JSON strings are valid in nats-server's configuration, so quoting needs no rules of its own. */
export function renderNatsConf(conf: NatsConf): string {
  const users = conf.users.map((user) => `      ${renderUser(user, conf.passwords)}`);
  return `server_name: "trunkline-local"
listen: "127.0.0.1:${conf.port}"
http: "127.0.0.1:${conf.monitorPort}"
max_payload: 256KB
ping_interval: "10s"
jetstream {
  store_dir: ${JSON.stringify(conf.storeDir)}
  sync_interval: always
  max_file_store: 10GB
  max_memory_store: 256MB
}
accounts {
  TRUNKLINE {
    jetstream: enabled
    users: [
${users.join('\n')}
    ]
  }
  SYSTEM {
    users: [ ${credentials(systemUser, conf.passwords)} } ]
  }
}
system_account: SYSTEM
`;
}

function renderUser(user: NatsUser, passwords: NatsConf['passwords']): string {
  const login = credentials(user.user, passwords);
  if (user.operator) return `${login} }`;
  const publish = JSON.stringify(user.publish);
  const subscribe = JSON.stringify(user.subscribe.allow);
  const responses = user.responses ? `, allow_responses: ${JSON.stringify(user.responses)}` : '';
  const permissions = `{ publish: ${publish}, subscribe: { allow: ${subscribe} }${responses} }`;
  return `${login}, permissions: ${permissions} }`;
}

function credentials(user: string, passwords: NatsConf['passwords']): string {
  const password = passwords[user];
  if (password === undefined) throw new Error(`no password for the NATS user ${user}`);
  return `{ user: ${JSON.stringify(user)}, password: ${JSON.stringify(password)}`;
}
