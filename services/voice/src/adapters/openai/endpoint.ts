/**
 * Operators write `https://api.openai.com` or, as self-hosted servers print it, an address that
 * already ends in a version: both mean the same place.
 */
export function endpoint(baseUrl: string, path: string): URL {
  const base = baseUrl.replace(/\/+$/, '');
  return new URL(/\/v\d+[a-z0-9]*(?:\/openai)?$/.test(base) ? base + path : `${base}/v1${path}`);
}
