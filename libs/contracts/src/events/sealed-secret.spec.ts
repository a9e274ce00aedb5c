import { describe, expect, it } from '@jest/globals';
import { maskFields, redactFields } from '../redact.js';
import { carrierAccountAggregate } from './carrier-account.js';
import { credentialAggregate } from './credential.js';
import { datakeyAggregate } from './datakey.js';
import { routeAggregate } from './route.js';

const sealed = { apiKey: 'v1.k.ciphertext' };
const saved = { provider: 'openai', label: 'Main', sealed, lastFour: 'x9Zq' };

describe('V29 secrets of credentials in the log', () => {
  it('V29 are hidden wherever the log is shown', () => {
    const shown = maskFields(credentialAggregate.events['credential.saved'].data, saved);
    expect(shown).toEqual({ ...saved, sealed: { apiKey: '•••' } });
    const account = {
      carrier: 'telnyx',
      label: 'Main',
      accountId: null,
      publicKey: null,
      sealed,
      lastFour: 'x9Zq',
    };
    const schema = carrierAccountAggregate.events['carrier-account.saved'].data;
    expect(JSON.stringify(maskFields(schema, account))).not.toContain('ciphertext');
    const key = { kid: 'k', masterKid: 'm', wrapped: 'ciphertext' };
    const made = datakeyAggregate.events['datakey.created'].data;
    expect(maskFields(made, key)).toEqual({ ...key, wrapped: '•••' });
  });

  it('still parse after they were forgotten', () => {
    const schema = credentialAggregate.events['credential.saved'].data;
    const forgotten = redactFields(schema, saved, ['secret']);
    expect(forgotten).toEqual({ ...saved, sealed: { apiKey: '[redacted]' } });
    expect(schema.parse(forgotten)).toEqual(forgotten);
  });

  it('hide the number of a route as well', () => {
    const bound = {
      carrierAccount: 'c',
      number: '+15551230001',
      direction: 'inbound',
      agent: 'a',
      version: null,
    };
    const schema = routeAggregate.events['route.bound'].data;
    expect(maskFields(schema, bound)).toEqual({ ...bound, number: '•••' });
  });
});
