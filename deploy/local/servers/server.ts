import type { Env, PortSetting, Ports } from '../settings.ts';
import type { Secrets } from '../secrets.ts';
import type { Version } from '../versions.ts';

export type ServerName = 'nats' | 'mongo' | 'redis' | 's3';

/** How one kind of server program is found and judged. */
export interface Program {
  /** Name on PATH. */
  readonly name: string;
  readonly versionArgs: readonly string[];
  readonly atLeast?: Version;
  /** Why an older one is refused. */
  readonly whyNewer?: string;
  /** Under `.servers/`; absent when pip does not bring it. */
  readonly installed?: string;
}

export interface Binary {
  readonly program: string;
  readonly path: string;
  readonly version: string;
  readonly from: 'PATH' | 'installed copy';
}

/** One NATS user with its allow-lists, as @trunkline/contracts lists them. */
export interface NatsUser {
  readonly user: string;
  readonly publish: { readonly allow: readonly string[]; readonly deny?: readonly string[] };
  readonly subscribe: { readonly allow: readonly string[] };
  readonly responses?: { readonly max: number; readonly expires: string };
  readonly operator: boolean;
}

/** Where and with which secrets a server is to run. */
export interface Place {
  readonly dataDir: string;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly natsUsers: readonly NatsUser[];
}

export interface Launch {
  readonly args: readonly string[];
  readonly env: Env;
  readonly ports: readonly { readonly port: number; readonly setting: PortSetting }[];
  /** Extra steps between the start and the first round trip, for instance a replica set's birth. */
  readonly settle?: () => Promise<void>;
}

/** The one interface of all four: find → write config → spawn → round trip → stop. */
export interface Server {
  readonly name: ServerName;
  /** The setting that replaces it by a server run by somebody else. */
  readonly urlSetting: 'NATS_URL' | 'MONGODB_URI' | 'REDIS_URL' | 'S3_ENDPOINT';
  /** In order of preference. */
  readonly programs: readonly Program[];
  readonly graceMs: number;
  /** Writes its configuration and data folder and answers how to start it. */
  prepare(binary: Binary, place: Place): Launch;
  /** What clients need to reach the server that `prepare` describes. */
  settings(place: Place): Env;
  /** What must exist in the server before services come; repeated after every restart. */
  provision?(settings: Env): Promise<void>;
  /** A real write and read with these settings; throws when it does not work. */
  roundTrip(settings: Env): Promise<void>;
}

export function setting(settings: Env, name: string): string {
  const value = settings[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
