import { describe, expect, it } from '@jest/globals';
import { socketUrl } from './open-socket.js';

const urlAt = (baseUrl: string): string =>
  socketUrl({
    access: { provider: 'acme', baseUrl, apiKey: 'k', owner: 'o' },
    path: '/v2/listen',
    query: new URLSearchParams({ model: 'm' }),
  }).href;

describe('socketUrl', () => {
  it.each([
    ['https://api.acme.test', 'wss://api.acme.test/v2/listen?model=m'],
    ['https://proxy.test/acme/', 'wss://proxy.test/acme/v2/listen?model=m'],
    ['http://127.0.0.1:8090/acme', 'ws://127.0.0.1:8090/acme/v2/listen?model=m'],
    ['wss://self-hosted.test', 'wss://self-hosted.test/v2/listen?model=m'],
  ])('goes by the base URL %s', (baseUrl, url) => {
    expect(urlAt(baseUrl)).toBe(url);
  });
});
