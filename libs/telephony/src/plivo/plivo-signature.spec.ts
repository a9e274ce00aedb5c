import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import plivo from 'plivo/dist/utils/v3Security.js';
import { NonceBook, request, secretsOf } from '../../test/requests.js';
import { verifyPlivo } from './plivo-signature.js';

const { validateV3Signature } = plivo;
const token = 'my_auth_token';
type Given = Parameters<typeof request>[0];

function given(signature: string, nonce: string, more: Partial<Given> = {}): Given {
  return {
    url: 'https://h.example.com/plivo/answer/abc',
    ...more,
    headers: {
      'X-Plivo-Signature-V3': signature,
      'X-Plivo-Signature-V3-Nonce': nonce,
      ...more.headers,
    },
  };
}
const verdictOf = (one: Given, book = new NonceBook()) =>
  verifyPlivo(request(one), secretsOf(token), book);

const first = given('Kdyb7fJDtUUX+HpObfjsq2mtFQO6bzrCIluGNsHXoYk=', '12345678901234567890', {
  body: 'From=15551230001&To=15551230002&CallUUID=u-1&Direction=outbound',
});
const queried = 'https://h.example.com/plivo/answer?b=2&a=1';
const second = given('+qY1FPr1TV5RYHgKlYn6Yg7x97DpJHIcEXOGxuFDemY=', 'n1', {
  url: queried,
  body: 'To=1&From=2',
});
const third = given('4YtSXAqBTQ+ngzNkU8FSO5GL6QxRBLr4qAA6JAB0W5A=', 'n1', {
  url: `${queried}&c=3`,
  method: 'GET',
});

describe('verifyPlivo', () => {
  it.each([
    ['a form', first],
    ['a form and a query', second],
    ['a GET', third],
  ])('S2 accepts the known answer of %s once', async (_, one) => {
    const book = new NonceBook();
    expect(await verdictOf(one, book)).toMatchObject({ ok: true, signed: true });
    expect(await verdictOf(one, book)).toEqual({ ok: false, refused: 'nonce-replayed' });
  });

  it('S2 accepts one of several signatures, of the main account too, and no port or one', async () => {
    const right = 'Kdyb7fJDtUUX+HpObfjsq2mtFQO6bzrCIluGNsHXoYk=';
    const wrong = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
    const several = { ...first.headers, 'X-Plivo-Signature-V3': `${wrong}, ${right}` };
    const main = {
      ...first.headers,
      'X-Plivo-Signature-V3': wrong,
      'X-Plivo-Signature-Ma-V3': right,
    };
    expect(await verdictOf({ ...first, headers: several })).toMatchObject({ ok: true });
    expect(await verdictOf({ ...first, headers: main })).toMatchObject({ ok: true });
    const withPort = first.url.replace('.com', '.com:443');
    expect(await verdictOf({ ...first, url: withPort })).toMatchObject({ ok: true });
    const otherPort = first.url.replace('.com/', '.com/x/');
    expect(await verdictOf({ ...first, url: otherPort })).toMatchObject({ ok: false });
  });

  it.each([
    ['another body', { ...first, body: `${first.body}&x=1` }, 'signature-wrong'],
    ['another path', { ...first, url: `${first.url}d` }, 'signature-wrong'],
    ['another query', { ...second, url: `${second.url}0` }, 'signature-wrong'],
    ['another method', { ...second, method: 'GET' as const }, 'signature-wrong'],
    ['a body that is not signed', { ...first, type: 'application/json' }, 'body-malformed'],
    ['no signature', { ...first, headers: {} }, 'signature-missing'],
    ['a malformed signature', given('x', 'n1'), 'signature-malformed'],
    [
      'another nonce',
      given('Kdyb7fJDtUUX+HpObfjsq2mtFQO6bzrCIluGNsHXoYk=', 'n2'),
      'signature-wrong',
    ],
    [
      'a nonce with a dot',
      given('Kdyb7fJDtUUX+HpObfjsq2mtFQO6bzrCIluGNsHXoYk=', 'a.b'),
      'nonce-malformed',
    ],
  ])('S2 refuses %s and claims no nonce', async (_, one, refused) => {
    const book = new NonceBook();
    expect(await verdictOf(one, book)).toEqual({ ok: false, refused });
    expect(book.asked).toEqual([]);
  });

  it('S2 agrees with the SDK on any form and query', async () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_ +&=.é-]{1,8}$/);
    const pairs = fc.uniqueArray(fc.tuple(word, word), {
      maxLength: 5,
      selector: ([name]) => name,
    });
    const method = fc.constantFrom('GET' as const, 'POST' as const);
    await fc.assert(
      fc.asyncProperty(pairs, pairs, method, async (query, body, how) => {
        const search = new URLSearchParams(query).toString();
        const url = `https://h.example.com/p/a${search === '' ? '' : `?${search}`}`;
        const sent = how === 'GET' ? [] : body;
        const text = signedText(url, query, sent);
        const signature = createHmac('sha256', token).update(`${text}.n1`).digest('base64');
        const params = Object.fromEntries(sent);
        expect(validateV3Signature(how, url, 'n1', token, signature, params)).toBe(true);
        const one = given(signature, 'n1', {
          url,
          method: how,
          body: new URLSearchParams(sent).toString(),
        });
        expect(await verdictOf(one)).toMatchObject({ ok: true });
      }),
    );
  });
});

/** Written once more, straight from the words of the protocol. */
function signedText(url: string, query: [string, string][], body: [string, string][]): string {
  const byName = ([left]: [string, string], [right]: [string, string]) => (left < right ? -1 : 1);
  const asked = query.toSorted(byName).map(([name, value]) => `${name}=${value}`);
  const sent = body.toSorted(byName).map(([name, value]) => name + value);
  const mark = asked.length > 0 || sent.length > 0 ? '?' : '';
  const dot = asked.length > 0 && sent.length > 0 ? '.' : '';
  return url.split('?', 1)[0] + mark + asked.join('&') + dot + sent.join('');
}
