import { describe, expect, it } from '@jest/globals';
import { carriers, type Carrier } from '@trunkline/contracts';
import { carrierKits } from '../carrier-kits.js';
import type { CallSearch, CarrierReply, HttpCall } from './rest-types.js';

const account = { baseUrl: 'http://sandbox:9', accountId: 'AC1', secret: 's:t' };
const atMs = Date.parse('2026-11-30T12:00:00Z');
const search: CallSearch = {
  to: '+15551230002',
  from: '+15551230001',
  commandId: 'call-1',
  notBeforeMs: atMs - 60_000,
  notAfterMs: atMs + 60_000,
};

/** What the carrier answers, by the path that is asked. */
type Shelf = Readonly<Record<string, CarrierReply>>;
const json = (body: object, status = 200): CarrierReply => ({ status, body: JSON.stringify(body) });

async function find(carrier: Carrier, shelf: Shelf) {
  const asked: HttpCall[] = [];
  const outcome = await carrierKits[carrier].rest.findCall(account, search, (call) => {
    asked.push(call);
    const path = call.url.replace(account.baseUrl, '');
    return Promise.resolve(shelf[path] ?? { status: 404, body: '{}' });
  });
  return { outcome, asked };
}

const twilioPath =
  '/2010-04-01/Accounts/AC1/Calls.json?To=%2B15551230002&From=%2B15551230001&PageSize=20';
const twilioCall = (sid: string, more: object = {}) => ({
  ...{ sid, from: search.from, to: search.to, direction: 'outbound-api', status: 'ringing' },
  ...{ date_created: 'Mon, 30 Nov 2026 12:00:20 +0000' },
  ...more,
});
const byNumbers = (carrierCallId: string) => ({ kind: 'found', carrierCallId, by: 'numbers' });

describe('a call whose creation nobody answered', () => {
  it.each<[string, object[], object]>([
    ['the only one between the numbers', [twilioCall('CA1')], byNumbers('CA1')],
    ['one of two', [twilioCall('CA1'), twilioCall('CA2')], { kind: 'unclear' }],
    [
      'beside an older one',
      [twilioCall('CA1'), twilioCall('CA0', { date_created: 'Mon, 30 Nov 2026 11:58:59 +0000' })],
      byNumbers('CA1'),
    ],
    [
      'the leg of a transfer',
      [twilioCall('CA1', { direction: 'outbound-dial' })],
      { kind: 'none' },
    ],
    ['of another number', [twilioCall('CA1', { to: '+15551230003' })], { kind: 'none' }],
    ['without a time', [twilioCall('CA1', { date_created: null })], { kind: 'unclear' }],
    ['without a name', [twilioCall('')], { kind: 'unclear' }],
    ['not there', [], { kind: 'none' }],
  ])('is found with Twilio by numbers and time alone: %s', async (_, calls, outcome) => {
    const found = await find('twilio', { [twilioPath]: json({ calls }) });
    expect(found.outcome).toEqual(outcome);
    expect(found.asked.map(({ method }) => method)).toEqual(['GET']);
  });

  it('is found with Telnyx by the id we gave it, on whichever page', async () => {
    const path = '/v2/connections/AC1/active_calls?page%5Blimit%5D=50';
    const strangers = Array.from({ length: 50 }, (_, n) => ({ call_control_id: `v3:${n}` }));
    const ours = Buffer.from('call-1').toString('base64');
    const next = (data: object[], after: string | null) =>
      json({ data, meta: { cursors: { after } } });
    const shelf = {
      [path]: next(strangers, 'c2'),
      [`${path}&page%5Bafter%5D=c2`]: next(
        [{ call_control_id: 'v3:ours', client_state: ours }],
        null,
      ),
    };
    const { outcome } = await find('telnyx', shelf);
    expect(outcome).toEqual({ kind: 'found', carrierCallId: 'v3:ours', by: 'command-id' });
    const alone = await find('telnyx', { [path]: next([{ client_state: 'b3RoZXI=' }], null) });
    expect(alone.outcome).toEqual({ kind: 'none' });
  });

  it.each([
    ['plivo', '/v1/Account/AC1/Call/'],
    ['vobiz', '/api/v1/Account/AC1/Call/'],
  ] as const)('is found with %s among the live ones, each asked for', async (carrier, path) => {
    const live = (id: string, to: string) => ({
      ...{ call_uuid: id, direction: 'outbound', from: '15551230001', to },
      ...{ session_start: '2026-11-30 12:00:10.586839' },
    });
    const shelf = {
      [`${path}?status=live`]: json({ calls: ['u1', 'u2', 'u3'] }),
      [`${path}u1/?status=live`]: json(live('u1', '15551230009')),
      [`${path}u2/?status=live`]: json(live('u2', '15551230002')),
    };
    expect((await find(carrier, shelf)).outcome).toEqual(byNumbers('u2'));
    const many = { calls: Array.from({ length: 26 }, (_, n) => `u${n}`) };
    const crowded = await find(carrier, { [`${path}?status=live`]: json(many) });
    expect(crowded).toMatchObject({ outcome: { kind: 'unclear' }, asked: [{ method: 'GET' }] });
  });

  it.each(carriers)('stays unknown when %s gives no answer one can read', async (carrier) => {
    const replies: CarrierReply[] = [
      'timeout',
      json({}, 503),
      { status: 200, body: 'oops' },
      json([]),
    ];
    for (const reply of replies) {
      const { rest } = carrierKits[carrier];
      const outcome = await rest.findCall(account, search, () => Promise.resolve(reply));
      expect(outcome).toEqual({ kind: 'unclear' });
    }
  });
});
