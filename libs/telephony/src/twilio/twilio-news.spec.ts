import { describe, expect, it } from '@jest/globals';
import { rankOf } from '../call-news.js';
import { parseTwilio } from './twilio-news.js';

const shared = {
  CallSid: 'CA1',
  AccountSid: 'AC1',
  From: '+15551230001',
  To: '+15551230002',
  Direction: 'outbound-api',
};
const newsOf = (fields: Record<string, string>) =>
  parseTwilio(Buffer.from(new URLSearchParams({ ...shared, ...fields }).toString()));

describe('parseTwilio', () => {
  it.each([
    ['queued', 'initiated'],
    ['initiated', 'initiated'],
    ['ringing', 'ringing'],
    ['in-progress', 'answered'],
  ])('reads %s as %s', (CallStatus, kind) => {
    expect(newsOf({ CallStatus, SequenceNumber: '2' })).toMatchObject({
      kind,
      carrierCallId: 'CA1',
      accountId: 'AC1',
      direction: 'outbound',
      from: '+15551230001',
      eventKey: `CA1:${CallStatus}:2`,
    });
  });

  it.each([
    [{ CallStatus: 'completed' }, 'user_hangup'],
    [{ CallStatus: 'busy' }, 'dial_busy'],
    [{ CallStatus: 'busy', SipResponseCode: '603' }, 'user_declined'],
    [{ CallStatus: 'no-answer' }, 'dial_no_answer'],
    [{ CallStatus: 'canceled' }, 'manual_stopped'],
    [{ CallStatus: 'failed' }, 'dial_failed'],
    [{ CallStatus: 'failed', SipResponseCode: '404' }, 'invalid_destination'],
    [{ CallStatus: 'failed', SipResponseCode: '608' }, 'marked_as_spam'],
    [{ CallStatus: 'failed', SipResponseCode: 'constructor' }, 'dial_failed'],
  ])('reads %j as ended by %s', (fields, cause) => {
    expect(newsOf({ ...fields, CallDuration: '12' })).toMatchObject({
      kind: 'ended',
      cause,
      durationSeconds: 12,
    });
  });

  it.each([
    ['human', 'human'],
    ['machine_start', 'machine'],
    ['machine_end_beep', 'machine-beep'],
    ['machine_end_silence', 'machine-greeting-ended'],
    ['machine_end_other', 'machine-greeting-ended'],
    ['fax', 'fax'],
    ['unknown', 'unknown'],
    ['__proto__', 'unknown'],
  ])('reads AnsweredBy %s as %s', (AnsweredBy, verdict) => {
    expect(newsOf({ AnsweredBy })).toMatchObject({ kind: 'machine', verdict });
    expect(newsOf({ AnsweredBy, CallStatus: 'in-progress' })).toMatchObject({
      kind: 'answered',
      machine: verdict,
    });
  });

  it('reads streams, digits and what it does not know', () => {
    const StreamSid = 'MZ1';
    expect(newsOf({ StreamEvent: 'stream-error', StreamSid })).toMatchObject({
      kind: 'stream',
      state: 'failed',
    });
    expect(newsOf({ Digits: '12#', CallStatus: 'in-progress' })).toMatchObject({
      kind: 'dtmf',
      digits: '12#',
    });
    expect(newsOf({ CallStatus: 'new-word' })).toMatchObject({ kind: 'ignored' });
    expect(newsOf({})).toMatchObject({ kind: 'ignored' });
    expect(parseTwilio(Buffer.from('CallStatus=ringing'))).toMatchObject({ kind: 'malformed' });
    expect(newsOf({ Direction: 'inbound', CallStatus: 'ringing' })).toMatchObject({
      kind: 'ringing',
      direction: 'inbound',
    });
  });

  it('ranks news, so that late ones change nothing', () => {
    const order = ['queued', 'ringing', 'in-progress', 'completed'].map((CallStatus) =>
      rankOf(newsOf({ CallStatus }).kind),
    );
    expect(order).toEqual([1, 2, 3, 4]);
    expect(rankOf('machine')).toBe(0);
  });
});
