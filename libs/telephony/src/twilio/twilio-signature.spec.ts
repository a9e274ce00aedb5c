import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { form, request, secretsOf } from '../../test/requests.js';
import { publicUrl } from '../signing/signed-request.js';
import { verifyTwilio } from './twilio-signature.js';

const { getExpectedTwilioSignature, validateRequest } = webhooks;
const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const fields = {
  CallSid: 'CA1234567890ABCDE',
  Caller: '+14158675309',
  Digits: '1234',
  From: '+14158675309',
  To: '+18005551212',
};
const body = new URLSearchParams(fields).toString();
const signature = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';
const right = { url, body, headers: { 'X-Twilio-Signature': signature } };
const verdictOf = (given: Parameters<typeof request>[0], ...keys: string[]) =>
  verifyTwilio(request(given), secretsOf(...(keys.length > 0 ? keys : ['12345'])));
const accepted = { ok: true, signed: true, claimedNonce: null };

describe('verifyTwilio', () => {
  it('S2 accepts the known answers', () => {
    expect(verdictOf(right)).toEqual(accepted);
    const other = { ...fields, Caller: '+12349013030', From: '+12349013030' };
    expect(
      verdictOf({
        url,
        body: new URLSearchParams(other).toString(),
        headers: { 'x-twilio-signature': '0/KCTR6DLpKmkAf8muzZqo1nDgQ=' },
      }),
    ).toEqual(accepted);
  });

  it('S2 accepts a body that is signed by its hash in the URL', () => {
    const json = '{"property": "value", "boolean": true}';
    const hash = createHash('sha256').update(json).digest('hex');
    expect(hash).toMatch(/^0a1ff763.*e6620$/);
    const given = {
      url: `${url}&bodySHA256=${hash}`,
      body: json,
      type: 'application/json',
      headers: { 'x-twilio-signature': 'a9nBmqA0ju/hNViExpshrM61xv4=' },
    };
    expect(verdictOf(given)).toEqual(accepted);
    expect(verdictOf({ ...given, body: `${json} ` })).toEqual({
      ok: false,
      refused: 'body-hash-wrong',
    });
  });

  it('S2 refuses a body that no signature covers', () => {
    const headers = { 'x-twilio-signature': getExpectedTwilioSignature('12345', url, {}) };
    expect(verdictOf({ url, headers, body: '{}', type: 'application/json' })).toEqual({
      ok: false,
      refused: 'body-hash-wrong',
    });
    expect(verdictOf({ ...right, method: 'GET' })).toMatchObject({ refused: 'body-hash-wrong' });
    expect(verdictOf({ url, headers, method: 'GET' })).toEqual(accepted);
  });

  it.each([
    ['another body', { ...right, body: body.replace('1234', '1235') }],
    ['another path', { ...right, url: url.replace('myapp', 'other') }],
    ['another query', { ...right, url: `${url}&x=1` }],
    ['another host', { ...right, url: url.replace('mycompany', 'theirs') }],
    ['another scheme', { ...right, url: url.replace('https', 'http') }],
  ])('S16 refuses %s', (_, given) => {
    expect(verdictOf(given)).toEqual({ ok: false, refused: 'signature-wrong' });
  });

  it('S2 refuses a missing, malformed or doubled signature and a wrong token', () => {
    expect(verdictOf({ ...right, headers: {} })).toEqual({
      ok: false,
      refused: 'signature-missing',
    });
    expect(verdictOf({ ...right, headers: { 'x-twilio-signature': 'x' } })).toEqual({
      ok: false,
      refused: 'signature-malformed',
    });
    expect(
      verdictOf({ ...right, headers: { 'x-twilio-signature': [signature, signature] } }),
    ).toEqual({ ok: false, refused: 'signature-missing' });
    expect(verdictOf(right, '54321')).toEqual({ ok: false, refused: 'signature-wrong' });
    expect(verifyTwilio(request(right), secretsOf())).toEqual({
      ok: false,
      refused: 'signature-wrong',
    });
  });

  it('S2 accepts both tokens while a rotation lasts, and any case of the header', () => {
    const headers = { 'x-TWILIO-signature': [signature] };
    expect(verdictOf({ ...right, headers }, 'new', '12345')).toEqual(accepted);
  });

  it.each([
    ['https://h.example.com/a', 'https://h.example.com:443/a'],
    ['https://h.example.com:443/a', 'https://h.example.com/a'],
    ['https://h.example.com:8443/a', 'https://h.example.com/a'],
    ['http://h.example.com/a', 'http://h.example.com:80/a'],
    ['https://u:p@h.example.com/a', 'https://u:p@h.example.com:443/a'],
    ["https://h.example.com/a?n=O'B", 'https://h.example.com/a?n=O%27B'],
    ['https://h.example.com/a?n=a b', 'https://h.example.com/a?n=a%20b'],
    ['https://h.example.com/a?n=(x)*', 'https://h.example.com/a?n=(x)*'],
    ['https://[::1]/a', 'https://[::1]:443/a'],
  ])('S2 takes %s signed as %s, as the SDK does', (ours, theirs) => {
    const made = getExpectedTwilioSignature('12345', theirs, fields);
    expect(validateRequest('12345', made, ours, fields)).toBe(true);
    expect(verdictOf({ url: ours, body, headers: { 'x-twilio-signature': made } })).toEqual(
      accepted,
    );
  });

  it('S16 refuses a port that is not the configured one', () => {
    const made = getExpectedTwilioSignature('12345', url.replace('.com', '.com:8443'), fields);
    expect(verdictOf({ ...right, headers: { 'x-twilio-signature': made } })).toEqual({
      ok: false,
      refused: 'signature-wrong',
    });
  });

  it('S2 takes the handshake of an audio socket with and without a port', () => {
    for (const signed of ['wss://h.example.com/media/1', 'wss://h.example.com:443/media/1']) {
      const made = getExpectedTwilioSignature('12345', signed, {});
      const given = {
        url: 'wss://h.example.com/media/1',
        method: 'GET' as const,
        headers: { 'x-twilio-signature': made },
      };
      expect(verdictOf(given)).toEqual(accepted);
    }
  });

  it('S2 refuses the account of somebody else, wherever it is named', () => {
    const verify = (params: Record<string, string>, query = '') => {
      const at = `https://h.example.com/a${query}`;
      const made = getExpectedTwilioSignature('12345', at, params);
      return verifyTwilio(
        request({
          url: at,
          body: new URLSearchParams(params).toString(),
          headers: { 'x-twilio-signature': made },
        }),
        { keys: ['12345'], accountId: 'AC1' },
      );
    };
    expect(verify({ AccountSid: 'AC1' })).toEqual(accepted);
    expect(verify({ AccountSid: 'AC2' })).toEqual({ ok: false, refused: 'account-wrong' });
    expect(verify({ CallSid: 'CA1' }, '?AccountSid=AC2')).toMatchObject({ ok: false });
  });

  it('S16 signs the configured address and never what a proxy says', () => {
    const behindProxy = publicUrl('https://mycompany.com/', '/myapp.php?foo=1&bar=2');
    const headers = {
      'x-twilio-signature': signature,
      host: '10.0.0.7:8080',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
    };
    expect(verdictOf({ ...right, url: behindProxy ?? '', headers })).toEqual(accepted);
    expect(publicUrl('https://h.example.com/base', '/a?x=%27')).toBe(
      'https://h.example.com/base/a?x=%27',
    );
    expect(publicUrl('https://h.example.com', 'https://evil.example/a')).toBeUndefined();
  });

  it('S2 agrees with the SDK on any form', () => {
    const key = fc.string({ minLength: 1, maxLength: 8 });
    const values = fc.array(fc.string({ maxLength: 8 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.dictionary(key, values, { maxKeys: 6 }), (params) => {
        const pairs = Object.entries(params).flatMap(([name, all]) =>
          all.map((value): [string, string] => [name.toWellFormed(), value.toWellFormed()]),
        );
        const grouped = Object.create(null) as Record<string, string[]>;
        for (const [name, value] of pairs) (grouped[name] ??= []).push(value);
        const made = getExpectedTwilioSignature('k', 'https://h.example.com/a', grouped);
        const given = {
          url: 'https://h.example.com/a',
          body: new URLSearchParams(pairs).toString(),
          type: `${form}; charset=UTF-8`,
          headers: { 'x-twilio-signature': made },
        };
        expect(verdictOf(given, 'k')).toEqual(accepted);
        expect(verdictOf({ ...given, body: `${given.body}&More=1` }, 'k').ok).toBe(false);
      }),
    );
  });
});
