import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import { startBench, type CarrierBench } from '../../../test/carrier-bench.js';

const account = `AC${'1'.repeat(32)}`;
let bench: CarrierBench;

beforeEach(async () => {
  bench = await startBench();
  await bench.control('/carriers/accounts', {
    carrier: 'twilio',
    accountId: account,
    secret: 'tok',
    webhookBaseUrl: bench.platform.url,
  });
});
afterEach(() => bench.stop());

/** The vendor's own client, sent to the sandbox instead of its own host. */
function client(): twilio.Twilio {
  const http = new twilio.RequestClient({ keepAlive: true });
  const ask = http.request.bind(http);
  http.request = (options) =>
    ask({
      ...options,
      uri: options.uri.replace('https://api.twilio.com', `${bench.sandbox.url}/twilio`),
    });
  return twilio(account, 'tok', { httpClient: http });
}

describe('Twilio’s own client against the sandbox', () => {
  it('creates, reads, lists, redirects and hangs up calls', async () => {
    const calls = client().calls;
    const created = await calls.create({
      to: '+15550001111',
      from: '+15550002222',
      url: `${bench.platform.url}/calls/c1/answer`,
      statusCallback: `${bench.platform.url}/calls/c1/status`,
      statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      timeout: 30,
      timeLimit: 600,
      machineDetection: 'Enable',
      asyncAmd: 'true',
      asyncAmdStatusCallback: `${bench.platform.url}/calls/c1/amd`,
    });
    expect(created).toMatchObject({
      status: 'queued',
      direction: 'outbound-api',
      to: '+15550001111',
      accountSid: account,
    });
    expect(created.dateCreated).toBeInstanceOf(Date);
    const fetched = await calls(created.sid).fetch();
    expect(fetched.sid).toBe(created.sid);
    const listed = await calls.list({ to: '+15550001111', limit: 5 });
    expect(listed.map(({ sid }) => sid)).toEqual([created.sid]);
    const ended = await calls(created.sid).update({ status: 'completed' });
    expect(ended.status).toBe('canceled');
  });

  it('reads refusals as errors with Twilio’s codes', async () => {
    const order = { to: '1', from: '+15550002222', url: `${bench.platform.url}/x` };
    await expect(client().calls.create(order)).rejects.toMatchObject({
      status: 400,
      code: 21_211,
    });
    await expect(client().calls('CA0').fetch()).rejects.toMatchObject({
      status: 404,
      code: 20_404,
    });
  });
});
