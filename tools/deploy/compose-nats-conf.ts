import { natsUsers } from '@trunkline/contracts';
import { renderNatsConf } from '../../deploy/local/servers/nats-conf.ts';

/** deploy/compose/nats.conf: the embedded server's own configuration, with passwords from the environment. */
export function composeNatsConf(): string {
  const names = [...natsUsers().map((user) => user.user), 'sys'];
  const passwords = Object.fromEntries(names.map((name) => [name, placeholder(name)]));
  const rendered = renderNatsConf({
    port: 4222,
    monitorPort: 8222,
    storeDir: '/data',
    users: natsUsers(),
    passwords,
  });
  const withSecrets = names.reduce(
    (text, name) => text.replace(`"${placeholder(name)}"`, `$NATS_PASSWORD_${name.toUpperCase()}`),
    rendered,
  );
  const reachable = withSecrets
    .replace('trunkline-local', 'trunkline-compose')
    .replaceAll('127.0.0.1:', '0.0.0.0:');
  return `# Printed by \`npm run docs\` from libs/contracts/src/nats-users.ts; do not edit by hand.\n${reachable}`;
}

function placeholder(name: string): string {
  return `password-of-${name}`;
}
