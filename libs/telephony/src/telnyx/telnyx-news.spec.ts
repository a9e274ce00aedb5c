import { describe, expect, it } from '@jest/globals';
import { parseTelnyx } from './telnyx-news.js';

const shared = {
  call_control_id: 'v3:c1',
  connection_id: '7',
  from: '+15551230001',
  to: '+15551230002',
  direction: 'outgoing',
  client_state: Buffer.from('attempt-1').toString('base64'),
};
function newsOf(type: string, payload: Record<string, unknown> = {}) {
  const data = { id: 'e1', event_type: type, payload: { ...shared, ...payload } };
  return parseTelnyx(Buffer.from(JSON.stringify({ data, meta: { attempt: 1 } })));
}

describe('parseTelnyx', () => {
  it.each([
    ['call.initiated', {}, 'initiated'],
    ['call.initiated', { direction: 'incoming' }, 'ringing'],
    ['call.answered', {}, 'answered'],
    ['call_answered', {}, 'answered'],
    ['streaming.failed', {}, 'stream'],
    ['call.dtmf.received', { digit: '5' }, 'dtmf'],
    ['call.recording.saved', {}, 'ignored'],
  ])('reads %s with %j as %s', (type, payload, kind) => {
    expect(newsOf(type, payload)).toMatchObject({ kind });
  });

  it('keeps the ids, and what we gave it', () => {
    expect(newsOf('call.answered')).toMatchObject({
      carrierCallId: 'v3:c1',
      eventKey: 'e1',
      clientState: 'attempt-1',
      direction: 'outbound',
    });
  });

  it.each([
    [{ hangup_cause: 'normal_clearing', hangup_source: 'callee' }, 'user_hangup'],
    [{ hangup_cause: 'normal_clearing', hangup_source: 'caller' }, 'agent_hangup'],
    [
      { hangup_cause: 'normal_clearing', hangup_source: 'caller', direction: 'incoming' },
      'user_hangup',
    ],
    [{ hangup_cause: 'user_busy' }, 'dial_busy'],
    [{ hangup_cause: 'busy' }, 'dial_busy'],
    [{ hangup_cause: 'timeout' }, 'dial_no_answer'],
    [{ hangup_cause: 'no_answer' }, 'dial_no_answer'],
    [{ hangup_cause: 'call_rejected' }, 'user_declined'],
    [{ hangup_cause: 'call_rejected', sip_hangup_cause: '608' }, 'marked_as_spam'],
    [{ hangup_cause: 'originator_cancel' }, 'manual_stopped'],
    [{ hangup_cause: 'originator_cancel', direction: 'incoming' }, 'user_hangup'],
    [{ hangup_cause: 'time_limit' }, 'max_duration_reached'],
    [{ hangup_cause: 'not_found' }, 'invalid_destination'],
    [{ hangup_cause: 'unspecified', sip_hangup_cause: 503 }, 'telephony_provider_unavailable'],
    [{ hangup_cause: 'unspecified' }, 'error_unknown'],
    [{ hangup_cause: null }, 'error_unknown'],
  ])('reads %j as %s', (payload, cause) => {
    expect(newsOf('call.hangup', payload)).toMatchObject({ kind: 'ended', cause });
  });

  it.each([
    ['call.machine.detection.ended', 'human', 'human'],
    ['call.machine.detection.ended', 'not_sure', 'unknown'],
    ['call.machine.premium.detection.ended', 'human_business', 'human'],
    ['call.machine.premium.detection.ended', 'fax_detected', 'fax'],
    ['call.machine.premium.detection.ended', 'silence', 'silence'],
    ['call.machine.premium.greeting.ended', 'beep_detected', 'machine-beep'],
    ['call.machine.premium.greeting.ended', 'no_beep_detected', 'machine-greeting-ended'],
    ['call.machine.greeting.ended', 'not_sure', 'machine-greeting-ended'],
  ])('reads %s %s as %s', (type, result, verdict) => {
    expect(newsOf(type, { result })).toMatchObject({ kind: 'machine', verdict });
  });

  it.each([
    ['call.gather.ended', { digits: '1', status: 'valid' }, { kind: 'keys', digits: '1' }],
    ['call.gather.ended', { digits: null, status: 'timeout' }, { kind: 'keys', digits: '' }],
    ['call.bridged', {}, { kind: 'bridged' }],
  ])('reads %s %j', (type, payload, expected) => {
    expect(newsOf(type, payload)).toMatchObject(expected);
  });

  it('tells another event from a broken one', () => {
    const parse = (body: unknown) => parseTelnyx(Buffer.from(JSON.stringify(body)));
    expect(parse({ data: { event_type: 'message.sent' } })).toMatchObject({ kind: 'ignored' });
    expect(parse({ data: { event_type: 'call.hangup' } })).toMatchObject({ kind: 'malformed' });
    expect(parse([])).toMatchObject({ kind: 'malformed' });
    expect(parseTelnyx(Buffer.from('{'))).toMatchObject({ kind: 'malformed' });
  });
});
