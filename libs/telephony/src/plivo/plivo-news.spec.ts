import { describe, expect, it } from '@jest/globals';
import { parsePlivo } from './plivo-news.js';

const shared = { CallUUID: 'u1', From: '15551230001', To: '15551230002', Direction: 'outbound' };
const newsOf = (fields: Record<string, string>) =>
  parsePlivo(Buffer.from(new URLSearchParams({ ...shared, ...fields }).toString()));

describe('parsePlivo', () => {
  it.each([
    [{ Event: 'StartApp', CallStatus: 'in-progress' }, 'answered'],
    [{ Event: 'StartApp', CallStatus: 'ringing', Direction: 'inbound' }, 'ringing'],
    [{ Event: 'Ring', CallStatus: 'ringing' }, 'ringing'],
    [{ Event: 'CallInitiated' }, 'initiated'],
    [{ CallStatus: 'in-progress' }, 'answered'],
    [{ Event: 'StartStream' }, 'stream'],
    [{ Event: 'DegradedStream' }, 'ignored'],
    [{ Digits: '1', CallStatus: 'in-progress' }, 'dtmf'],
    [{ Digits: '', CallStatus: 'in-progress' }, 'dtmf'],
    [{ Event: 'Redirect', CallStatus: 'in-progress' }, 'answered'],
    [{ Machine: 'true', Event: 'MachineDetection' }, 'machine'],
  ])('reads %j as %s', (fields, kind) => {
    expect(newsOf(fields)).toMatchObject({ kind });
  });

  it.each([
    [{ CallStatus: 'busy' }, 'dial_busy'],
    [{ CallStatus: 'no-answer' }, 'dial_no_answer'],
    [{ CallStatus: 'timeout' }, 'dial_no_answer'],
    [{ CallStatus: 'cancel' }, 'manual_stopped'],
    [{ CallStatus: 'cancel', Direction: 'inbound' }, 'user_hangup'],
    [{ CallStatus: 'failed' }, 'dial_failed'],
    [{ CallStatus: 'failed', HangupCauseCode: '2000' }, 'invalid_destination'],
    [{ CallStatus: 'busy', HangupCauseCode: '3020' }, 'user_declined'],
    [{ CallStatus: 'failed', HangupCauseName: 'Busy Line' }, 'dial_busy'],
    [{ CallStatus: 'completed', HangupCause: 'NORMAL_CLEARING' }, 'user_hangup'],
    [{ CallStatus: 'completed', HangupSource: 'Caller' }, 'agent_hangup'],
    [{ CallStatus: 'completed', HangupSource: 'Caller', Direction: 'inbound' }, 'user_hangup'],
    [{ CallStatus: 'completed', HangupSource: 'API Request' }, 'agent_hangup'],
    [{ CallStatus: 'completed', HangupSource: 'Error' }, 'telephony_provider_unavailable'],
    [{ CallStatus: 'completed', HangupCauseName: 'Scheduled Hangup' }, 'max_duration_reached'],
  ])('reads %j as ended by %s', (fields, cause) => {
    const given = { Event: 'Hangup', Duration: '7', ...fields };
    expect(newsOf(given)).toMatchObject({ kind: 'ended', cause, durationSeconds: 7 });
  });

  it('finds the id of a call that has no leg yet', () => {
    expect(parsePlivo(Buffer.from('RequestUUID=r1&Event=CallInitiated'))).toMatchObject({
      carrierCallId: 'r1',
    });
    expect(parsePlivo(Buffer.from('Event=Ring'))).toMatchObject({ kind: 'malformed' });
    expect(newsOf({ Event: 'Hangup', CallStatus: 'completed' })).toMatchObject({
      eventKey: 'u1:ended',
    });
  });
});
