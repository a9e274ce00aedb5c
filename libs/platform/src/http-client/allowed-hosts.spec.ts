import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { loadConfig } from '../config/load-config.js';
import {
  allowedHostsOf,
  allowedLookup,
  isMetadataAddress,
  toolHostSettings,
} from './allowed-hosts.js';

const allowed = (list: string) =>
  allowedHostsOf(loadConfig(z.strictObject(toolHostSettings), { TOOL_ALLOWED_HOSTS: list }));

describe('TOOL_ALLOWED_HOSTS', () => {
  it('is empty, and then nothing is open', () => {
    const settings = loadConfig(z.strictObject(toolHostSettings), {});
    expect(allowedHostsOf(settings).has('http://127.0.0.1:8080/')).toBe(false);
  });

  it.each([
    ['http://127.0.0.1:9090/x', true],
    ['https://127.0.0.1:9090/x', true],
    ['http://TOOLS.internal/x', true],
    ['http://127.0.0.1:9091/x', false],
    ['http://127.0.0.1/x', false],
    ['https://tools.internal/x', false],
    ['http://x.tools.internal/x', false],
    ['http://user@tools.internal/x', false],
    ['http://tools.internal/x#y', false],
    ['ftp://127.0.0.1:9090/x', false],
    ['nonsense', false],
  ])('S5 opens exactly what it lists: %s %s', (url, isOpen) => {
    expect(allowed('127.0.0.1:9090,tools.internal:80').has(url)).toBe(isOpen);
  });

  it.each([
    'http://169.254.169.254/',
    'http://[fd00:ec2::254]/',
    'http://[::ffff:169.254.169.254]/',
  ])('S5 never opens a metadata server: %s', (url) => {
    const list = '169.254.169.254:80,[fd00:ec2::254]:80,[::ffff:a9fe:a9fe]:80';
    expect(allowed(list).has(url)).toBe(false);
  });

  it('S5 resolves a name of the list to anything but a metadata server', async () => {
    const found = await new Promise((resolve) => {
      allowedLookup('localhost', { all: true }, (_error, addresses) => resolve(addresses));
    });
    expect(found).toEqual(expect.arrayContaining([expect.objectContaining({ family: 4 })]));
    expect(['169.254.169.254', '100.100.100.200', 'fe80::1'].map(isMetadataAddress)).toEqual([
      true,
      true,
      true,
    ]);
    expect(['10.0.0.1', '127.0.0.1', '::1', 'fd12::1'].map(isMetadataAddress)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it.each(['tools', 'http://tools:80', 'a:1,,b:2', 'tools:80/x'])('refuses the list %s', (list) => {
    expect(() => allowed(list)).toThrow('TOOL_ALLOWED_HOSTS');
  });
});
