import { describe, expect, it } from '@jest/globals';
import { readSettings } from './settings.js';

describe('readSettings', () => {
  it('prefers SANDBOX_PORT, then the port the launcher gives', () => {
    expect(readSettings({ SANDBOX_PORT: '1', HTTP_PORT: '2' }).port).toBe(1);
    expect(readSettings({ HTTP_PORT: '2', HTTP_HOST: '0.0.0.0' })).toEqual({
      host: '0.0.0.0',
      port: 2,
      connectDelayMs: 80,
    });
    expect(readSettings({ SANDBOX_CONNECT_DELAY_MS: '0' })).toEqual({
      host: '127.0.0.1',
      port: 8090,
      connectDelayMs: 0,
    });
    expect(() => readSettings({ SANDBOX_CONNECT_DELAY_MS: 'x' })).toThrow(/not a number of ms/);
  });

  it.each(['', '-1', '65536', 'x', '1e3'])('refuses %p', (port) => {
    expect(() => readSettings({ SANDBOX_PORT: port })).toThrow(/not a port/);
  });
});
