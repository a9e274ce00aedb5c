import { BlockList, isIP } from 'node:net';
import { textSetting } from '../config/setting.js';
import { lookUpUnless, type LookupDone, type LookupOptions } from './ssrf-guard.js';

/** Nobody opens these: they give a machine's credentials away to whoever asks. */
const metadata = new BlockList();
metadata.addSubnet('169.254.0.0', 16, 'ipv4');
metadata.addAddress('100.100.100.200', 'ipv4');
metadata.addAddress('168.63.129.16', 'ipv4');
metadata.addAddress('192.0.0.192', 'ipv4');
metadata.addSubnet('fe80::', 10, 'ipv6');
metadata.addAddress('fd00:ec2::254', 'ipv6');
metadata.addAddress('fd20:ce::254', 'ipv6');

export function isMetadataAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && metadata.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** The operator's decision: servers inside the own network that tenants' tools may call. */
export class AllowedHosts {
  readonly #hosts: ReadonlySet<string>;

  /** `host:port` each, exact; both schemes. */
  constructor(hosts: readonly string[]) {
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()));
  }

  has(text: string): boolean {
    if (/[\s\\]/.test(text) || !URL.canParse(text)) return false;
    const url = new URL(text);
    const usualPort = { 'http:': '80', 'https:': '443' }[url.protocol];
    if (usualPort === undefined || url.username !== '' || url.password !== '') return false;
    if (url.hash !== '' || isMetadataAddress(url.hostname.replace(/^\[|\]$/g, ''))) return false;
    return this.#hosts.has(`${url.hostname}:${url.port || usualPort}`);
  }
}

/** For the agent that calls them: a name that turns out to be a metadata server stays closed. */
export function allowedLookup(hostname: string, options: LookupOptions, done: LookupDone): void {
  lookUpUnless(isMetadataAddress, { hostname, options, done });
}

const hostAndPort = /(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\]):\d{1,5}/i;

export const toolHostSettings = {
  TOOL_ALLOWED_HOSTS: textSetting({
    meaning:
      'Hosts in the own network that tools of every tenant may call, as host:port with commas; metadata servers stay closed.',
    default: '',
    maxLength: 2000,
    pattern: new RegExp(`^(?:${hostAndPort.source}(?:,${hostAndPort.source})*)?$`, 'i'),
  }),
};

export function allowedHostsOf(settings: { readonly TOOL_ALLOWED_HOSTS: string }): AllowedHosts {
  const { TOOL_ALLOWED_HOSTS: text } = settings;
  return new AllowedHosts(text === '' ? [] : text.split(','));
}
