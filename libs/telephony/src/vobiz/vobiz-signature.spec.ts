import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { NonceBook, request, secretsOf } from '../../test/requests.js';
import { verifyVobiz } from './vobiz-signature.js';

const url = 'https://h.example.com/vobiz/answer/abc?x=1';
const v3 = '7fo8Lp7gipXEss1WIM9hXAkMK9Klv4qYwI6LvKS/+B0=';
const v2 = 'nBgqd8wxmzSx7WzuXQDExkqgDx886GRwpBu0sk+8KsU=';
const asV3 = { 'X-Vobiz-Signature-V3': v3, 'X-Vobiz-Signature-V3-Nonce': 'n1' };
const asV2 = { 'X-Vobiz-Signature-V2': v2, 'X-Vobiz-Signature-V2-Nonce': 'n1' };
const verdictOf = (headers: Record<string, string>, book = new NonceBook(), at = url) =>
  verifyVobiz(request({ url: at, headers, body: 'CallUUID=u' }), secretsOf('tok'), book);

describe('verifyVobiz', () => {
  it.each([
    ['V3', asV3],
    ['V2', asV2],
    [
      'V3 of the main account',
      { ...asV3, 'X-Vobiz-Signature-V3': '', 'X-Vobiz-Signature-MA-V3': v3 },
    ],
  ])('S2 accepts the known answer of %s once', async (_, headers) => {
    const book = new NonceBook();
    const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
    expect(await verdictOf(given, book)).toMatchObject({ ok: true, signed: true });
    expect(await verdictOf(given, book)).toEqual({ ok: false, refused: 'nonce-replayed' });
  });

  it('S2 refuses the second-version signature of a delivery that came with both', async () => {
    const book = new NonceBook();
    expect(await verdictOf({ ...asV3, ...asV2 }, book)).toMatchObject({ ok: true });
    expect(await verdictOf(asV2, book)).toEqual({ ok: false, refused: 'nonce-replayed' });
  });

  it('S2 refuses a second-version signature whose path gave a character to the nonce', async () => {
    const book = new NonceBook();
    expect(await verdictOf(asV2, book)).toMatchObject({ ok: true });
    const moved = { ...asV2, 'X-Vobiz-Signature-V2-Nonce': 'cn1' };
    expect(await verdictOf(moved, book, url.replace('abc', 'ab'))).toEqual({
      ok: false,
      refused: 'nonce-replayed',
    });
  });

  it('S2 does not let a right second version rescue a wrong third', async () => {
    const wrong = createHmac('sha256', 'other').update('x').digest('base64');
    expect(await verdictOf({ ...asV2, ...asV3, 'X-Vobiz-Signature-V3': wrong })).toEqual({
      ok: false,
      refused: 'signature-wrong',
    });
  });

  it('S2 takes no signature only where the path is the proof', async () => {
    expect(await verdictOf({})).toEqual({ ok: false, refused: 'signature-missing' });
    const trusted = { ...secretsOf('tok'), unsignedAllowed: true };
    expect(await verifyVobiz(request({ url, headers: {} }), trusted, new NonceBook())).toEqual({
      ok: true,
      signed: false,
      claimedNonce: null,
    });
    const wrong = request({ url: url.replace('abc', 'abd'), headers: asV3 });
    expect(await verifyVobiz(wrong, trusted, new NonceBook())).toMatchObject({ ok: false });
  });

  it.each([
    ['another path', asV3, url.replace('abc', 'abd'), 'signature-wrong'],
    ['another nonce', { ...asV3, 'X-Vobiz-Signature-V3-Nonce': 'n2' }, url, 'signature-wrong'],
    ['no nonce', { 'X-Vobiz-Signature-V3': v3 }, url, 'nonce-malformed'],
    ['a malformed signature', { ...asV3, 'X-Vobiz-Signature-V3': 'x' }, url, 'signature-malformed'],
  ])('S2 refuses %s and claims no nonce', async (_, headers, at, refused) => {
    const book = new NonceBook();
    expect(await verdictOf(headers, book, at)).toEqual({ ok: false, refused });
    expect(book.asked).toEqual([]);
  });
});
