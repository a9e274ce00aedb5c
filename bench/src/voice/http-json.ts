const LIMIT_MS = 10_000;

export async function getJson<T>(url: string): Promise<T> {
  return (await (await answered(url)).json()) as T;
}

export async function getText(url: string): Promise<string> {
  return (await answered(url)).text();
}

export async function postJson(url: string, body: object): Promise<void> {
  await answered(url, { method: 'POST', body: JSON.stringify(body) });
}

async function answered(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(LIMIT_MS) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response;
}
