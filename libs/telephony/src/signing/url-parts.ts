export interface UrlParts {
  /** With `://`. */
  readonly scheme: string;
  /** With its `@`, or empty. */
  readonly userInfo: string;
  readonly host: string;
  /** With its colon, or empty. */
  readonly port: string;
  /** Path and query, exactly as written. */
  readonly rest: string;
}

/** Takes a URL apart without normalising it: signatures cover the exact characters. */
export function splitUrl(url: string): UrlParts | undefined {
  const match =
    /^([a-z][a-z0-9+.-]*:\/\/)([^/?#@]*@)?(\[[^\]]*\]|[^/?#:@]*)(:\d+)?([/?#].*)?$/is.exec(url);
  if (!match) return undefined;
  const [, scheme = '', userInfo = '', host = '', port = '', rest = ''] = match;
  return { scheme, userInfo, host, port, rest };
}

const defaultPorts: Readonly<Record<string, string>> = {
  'https://': ':443',
  'wss://': ':443',
  'http://': ':80',
  'ws://': ':80',
};

/** The URL with its port, without it, and with the scheme's own: proxies and carriers differ. */
export function portVariants(parts: UrlParts): readonly string[] {
  const usual = defaultPorts[parts.scheme.toLowerCase()] ?? '';
  const ports = new Set([parts.port, '', parts.port === '' ? usual : parts.port]);
  return [...ports].map((port) => parts.scheme + parts.userInfo + parts.host + port + parts.rest);
}

export function withoutQuery(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? '';
}

export function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : (url.slice(at + 1).split('#', 1)[0] ?? '');
}
