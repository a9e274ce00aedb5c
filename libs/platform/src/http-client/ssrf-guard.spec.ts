import { describe, expect, it } from '@jest/globals';
import { guardedLookup, isPublicAddress, urlProblem } from './ssrf-guard.js';

describe('urlProblem', () => {
  it.each([
    'https://hooks.example.com/book?x=1',
    'https://hooks.example.com:8443/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://example.co.uk./x',
  ])('lets %s through', (url) => expect(urlProblem(url)).toBeUndefined());

  it.each([
    ['http://hooks.example.com/', 'not https'],
    ['ftp://hooks.example.com/', 'not https'],
    ['javascript:alert(1)', 'not https'],
    ['https://user@hooks.example.com/', 'has a user or password'],
    ['https://:secret@hooks.example.com/', 'has a user or password'],
    ['https://hooks.example.com:22/', 'another port than 443 or 8443'],
    ['https://hooks.example.com/#x', 'has a fragment'],
    ['https://hooks.example.com\\@127.0.0.1/', 'not a URL'],
    ['https://exa mple.com/', 'not a URL'],
    ['', 'not a URL'],
    ['https://localhost/', 'not a public name'],
    ['https://gateway/', 'not a public name'],
    ['https://metadata.google.internal/', 'not a public name'],
    ['https://foo.localhost./', 'not a public name'],
    ['https://mongo.svc.cluster.local/', 'not a public name'],
    ['https://127.0.0.1/', 'not a public address'],
    ['https://2130706433/', 'not a public address'],
    ['https://0x7f000001/', 'not a public address'],
    ['https://0177.0.0.1/', 'not a public address'],
    ['https://127.1/', 'not a public address'],
    ['https://127。0。0。1/', 'not a public address'],
    ['https://①②⑦.0.0.1/', 'not a public address'],
    ['https://169.254.169.254/latest/meta-data', 'not a public address'],
    ['https://10.1.2.3/', 'not a public address'],
    ['https://100.64.0.1/', 'not a public address'],
    ['https://192.168.1.1/', 'not a public address'],
    ['https://0.0.0.0/', 'not a public address'],
    ['https://[::1]/', 'not a public address'],
    ['https://[::]/', 'not a public address'],
    ['https://[::ffff:127.0.0.1]/', 'not a public address'],
    ['https://[::ffff:8.8.8.8]/', 'not a public address'],
    ['https://[64:ff9b::7f00:1]/', 'not a public address'],
    ['https://[fd00::1]/', 'not a public address'],
    ['https://[fe80::1]/', 'not a public address'],
    ['https://[2002:7f00:1::]/', 'not a public address'],
    ['https://10.0.0.1.nip.io/', 'not a public name'],
    ['https://app-192-168-0-1.sslip.io/', 'not a public name'],
  ])('refuses %s: %s', (url, reason) => expect(urlProblem(url)).toBe(reason));
});

describe('isPublicAddress', () => {
  it('knows what is no address at all', () => {
    expect(['', 'localhost', '1.2.3', 'fe80::1%eth0'].map(isPublicAddress)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('guardedLookup', () => {
  it('refuses a name that resolves to this machine', async () => {
    const code = await new Promise((resolve) => {
      guardedLookup('localhost', {}, (error) => resolve(error?.code));
    });
    expect(code).toBe('EADDRNOTPUBLIC');
  });

  it('answers one address or all of them, as it was asked', async () => {
    const ask = (all: boolean) =>
      new Promise((resolve) => {
        guardedLookup('8.8.8.8', { all }, (_error, address) => resolve(address));
      });
    expect(await ask(false)).toBe('8.8.8.8');
    expect(await ask(true)).toEqual([{ address: '8.8.8.8', family: 4 }]);
  });
});
