import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** Everything that is not the public internet: own machine, own network, clouds' metadata. */
const closed = new BlockList();
const closedV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
/** Only 2000::/3 is given out; inside it these are tunnels, documentation or test networks. */
const closedV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];
const openV6 = new BlockList();
openV6.addSubnet('2000::', 3, 'ipv6');
for (const [network, bits] of closedV4) closed.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of closedV6) closed.addSubnet(network, bits, 'ipv6');

export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed.check(address, 'ipv4');
  if (family !== 6 || address.includes('%')) return false;
  return openV6.check(address, 'ipv6') && !closed.check(address, 'ipv6');
}

const openPorts = new Set(['', '443', '8443']);
const localNames =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|arpa|test|invalid|onion)$/;

/**
 * What is wrong with an address that a tenant wants us to call; `undefined`: nothing that can
 * be seen before its name is looked up. The WHATWG parser has turned decimal, octal and
 * hexadecimal hosts and full-width dots into plain ones by then.
 */
export function urlProblem(text: string): string | undefined {
  if (/[\s\\]/.test(text) || !URL.canParse(text)) return 'not a URL';
  const url = new URL(text);
  if (url.protocol !== 'https:') return 'not https';
  if (url.username !== '' || url.password !== '') return 'has a user or password';
  if (!openPorts.has(url.port)) return 'another port than 443 or 8443';
  if (url.hash !== '') return 'has a fragment';
  return hostProblem(url.hostname);
}

function hostProblem(hostname: string): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0) return isPublicAddress(host) ? undefined : 'not a public address';
  if (!host.includes('.') || localNames.test(host)) return 'not a public name';
  return namesPrivateAddress(host) ? 'not a public name' : undefined;
}

/** `10.0.0.1.nip.io` and its like: names made to resolve to whatever stands in them. */
function namesPrivateAddress(host: string): boolean {
  const dotted = /(?:^|[.-])(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})(?=[.-])/.exec(host);
  if (!dotted) return false;
  const address = dotted.slice(1, 5).map(Number).join('.');
  return isIP(address) === 4 && !isPublicAddress(address);
}

export type LookupDone = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;
export interface LookupOptions {
  readonly all?: boolean | undefined;
  readonly family?: number | string | undefined;
}

/**
 * For an agent's `connect.lookup`: resolves and refuses when any answer is not public, at the
 * moment of connecting, so that a name cannot change its mind after it was checked.
 */
export function guardedLookup(hostname: string, options: LookupOptions, done: LookupDone): void {
  lookUpUnless((address) => !isPublicAddress(address), { hostname, options, done });
}

export function lookUpUnless(
  isClosed: (address: string) => boolean,
  of: { readonly hostname: string; readonly options: LookupOptions; readonly done: LookupDone },
): void {
  const { hostname, options, done } = of;
  lookup(hostname, { all: true }, (error, addresses) => {
    if (error) return done(error, []);
    const refused = addresses.length === 0 || addresses.some((one) => isClosed(one.address));
    if (refused) {
      const closedError: NodeJS.ErrnoException = new Error('not a public address');
      closedError.code = 'EADDRNOTPUBLIC';
      return done(closedError, []);
    }
    const [first] = addresses;
    if (options.all || !first) return done(null, addresses);
    return done(null, first.address, first.family);
  });
}
