import { AppError } from '@trunkline/kernel';
import type { HttpCall } from './rest-types.js';

export function basicAuth(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

export type FormFields = readonly (readonly [name: string, value: string])[];

export function postForm(url: string, headers: HttpCall['headers'], fields: FormFields): HttpCall {
  return {
    method: 'POST',
    url,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(
      fields.map(([name, value]): [string, string] => [name, value]),
    ).toString(),
  };
}

export function postJson(url: string, headers: HttpCall['headers'], body: object): HttpCall {
  return {
    method: 'POST',
    url,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

export function getJson(url: string, headers: HttpCall['headers']): HttpCall {
  return { method: 'GET', url, headers, body: '' };
}

/** One segment of a path: an id that came from outside cannot climb out of it. */
export function segment(id: string): string {
  if (!/^[\w:~=+/.-]{1,512}$/.test(id) || /^\.+$/.test(id)) throw new AppError('request.invalid');
  return encodeURIComponent(id);
}
