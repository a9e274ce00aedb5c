import { parseArgs } from 'node:util';
import { randomBytes } from 'node:crypto';
import { isAppError } from '@trunkline/kernel';
import { connectNats, connectRedis, loadConfigOrExit, Logger, newId } from '@trunkline/platform';
import { holderOf, register } from './app/accounts.js';
import { issueKey } from './app/api-keys.js';
import type { By } from './app/by.js';
import { eraseInvitations, erasePerson, findPerson } from './app/erase.js';
import { openTenant } from './app/sign-up.js';
import { addMember, createTenant } from './app/tenancy.js';
import { connectDatabases, openGateway, type Gateway } from './app.module.js';
import { adminSettings } from './config.js';
import { findTenant } from './views/tenants.js';
import { findUserByEmail } from './views/users.js';
import { adminScopes, keyKind, runtimeScopes } from '@trunkline/contracts';

const usage = `npm run admin -- <command>
  create-owner  --email <address> --tenant <name> [--name <person>] [--password <text>]
  create-tenant --name <name> [--slug <slug>] [--owner <address>] [--agency <tenant id>]
  create-key    --tenant <tenant id> [--kind runtime|admin] [--name <text>]
  erase-person  --email <address> | --user <user id>`;

const options = {
  email: { type: 'string' },
  user: { type: 'string' },
  tenant: { type: 'string' },
  name: { type: 'string' },
  password: { type: 'string' },
  slug: { type: 'string' },
  owner: { type: 'string' },
  agency: { type: 'string' },
  kind: { type: 'string', default: 'runtime' },
} as const;

type Options = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
type Printed = Readonly<Record<string, string>>;

const commands: Readonly<
  Record<string, (gateway: Gateway, given: Options, by: By) => Promise<Printed>>
> = {
  'create-owner': createOwner,
  'create-tenant': openAnyTenant,
  'create-key': createKey,
  'erase-person': eraseAnybody,
};

/** Repeating it for an address that has an account answers with its tenant and no password. */
async function createOwner({ identity }: Gateway, given: Options, by: By): Promise<Printed> {
  const email = demand(given, 'email');
  const name = demand(given, 'tenant');
  const known = await findUserByEmail(identity.mongo, email);
  const password = given.password ?? randomBytes(18).toString('base64url');
  const person = { email, name: given.name ?? email.split('@')[0] ?? email, password };
  const user = known?._id ?? (await register(identity, { ...person, emailVerified: true }, by));
  const tenant = await openTenant(identity, { user, name, slug: given.slug ?? null }, by);
  return { email, tenant, ...(known ? {} : { password }) };
}

async function openAnyTenant({ identity }: Gateway, given: Options, by: By): Promise<Printed> {
  const id = newId();
  const agency = given.agency ? await findTenant(identity.mongo, given.agency) : undefined;
  if (given.agency && !agency) throw new UsageError(`there is no tenant ${given.agency}`);
  const owner = given.owner ? await findUserByEmail(identity.mongo, given.owner) : undefined;
  if (given.owner && !owner) throw new UsageError(`there is no account for ${given.owner}`);
  const parent = agency ? { id: agency._id, isClient: agency.parent !== null } : null;
  const created = { id, name: demand(given, 'name'), slug: given.slug ?? null, parent };
  await createTenant(identity, created, by);
  if (owner) {
    await addMember(identity, { tenant: id, user: owner._id, role: 'owner', invitation: null }, by);
  }
  return { tenant: id };
}

async function createKey({ identity }: Gateway, given: Options, by: By): Promise<Printed> {
  const tenant = demand(given, 'tenant');
  if (!(await findTenant(identity.mongo, tenant))) throw new UsageError(`no tenant ${tenant}`);
  const kind = keyKind.parse(given.kind);
  const scopes = kind === 'admin' ? adminScopes : runtimeScopes;
  const name = given.name ?? `${kind} key of the operator`;
  const issued = await issueKey(identity, { tenant, name, kind, scopes, expiresAt: null }, by);
  return { tenant, kind, id: issued.id, key: issued.text };
}

/** Also who was only ever invited, and whoever a crash left half forgotten. */
async function eraseAnybody({ identity }: Gateway, given: Options, by: By): Promise<Printed> {
  const id = given.user ?? (await holderOf(identity, demand(given, 'email')));
  const person = id === null ? undefined : await findPerson(identity, id);
  if (person) {
    await erasePerson(identity, { ...person, email: given.email ?? person.email }, by);
    return { erased: person._id };
  }
  const count = given.email ? await eraseInvitations(identity, given.email, by) : 0;
  if (count === 0) throw new UsageError(`there is nobody: ${given.user ?? given.email}`);
  return { 'erased invitations': String(count) };
}

class UsageError extends Error {}

function demand(given: Options, name: keyof Options): string {
  const value = given[name];
  if (!value) throw new UsageError(`--${name} is missing`);
  return value;
}

async function run(args: readonly string[]): Promise<Printed> {
  const { values, positionals } = parse(args);
  const command = commands[positionals[0] ?? ''];
  if (!command) throw new UsageError(usage);
  const settings = loadConfigOrExit(adminSettings);
  const logger = new Logger({ service: 'gateway', level: 'silent' });
  const connection = await connectNats({
    url: settings.NATS_URL,
    user: settings.NATS_USER,
    password: settings.NATS_PASSWORD.reveal(),
    name: 'admin',
    signal: AbortSignal.timeout(10_000),
  });
  const [databases, redis] = await Promise.all([
    connectDatabases(settings),
    connectRedis(settings.REDIS_URL.reveal()),
  ]);
  try {
    const gateway = await openGateway(settings, {
      nats: { connection },
      ...databases,
      redis,
      logger,
    });
    const by: By = { actor: { kind: 'operator', id: 'admin' }, correlationId: newId() };
    return await command(gateway, values, by);
  } finally {
    redis.disconnect();
    await Promise.all([connection.close(), databases.mongo.close(), databases.logMongo.close()]);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : ''}\n${usage}`);
  }
}

/** One line a value, `name: value`; what went wrong in one line on stderr. */
async function main(): Promise<number> {
  try {
    const printed = await run(process.argv.slice(2));
    for (const [name, value] of Object.entries(printed)) console.log(`${name}: ${value}`);
    return 0;
  } catch (error) {
    console.error(explain(error));
    return error instanceof UsageError ? 64 : 1;
  }
}

function explain(error: unknown): string {
  if (isAppError(error)) return `${error.code} ${JSON.stringify(error.details)}`;
  return error instanceof Error ? error.message : 'failed';
}

process.exitCode = await main();
