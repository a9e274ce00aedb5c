import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CALLS, FINISHING, LastShift, type Shift } from '../support/last-shift.js';
import { mayMount } from '../support/small-disk.js';

let world: LastShift;
let shift: Shift;
beforeAll(async () => {
  world = await LastShift.start();
  shift = await world.run();
}, 240_000);
afterAll(async () => {
  await world?.stop();
});

const disk = mayMount
  ? 'a spool disk that is full to its last byte'
  : 'a spool that may not grow, as with a quota (nothing may be mounted here)';

describe(disk, () => {
  it('E5 the call goes on, and says in the log that its recording is cut short', () => {
    expect(shift.seen.talkingOnFullDisk).toBe(1);
    const errors = shift.truncated.of('call.error').map(({ data }) => data.code);
    expect(errors).toEqual(['recording.truncated']);
    expect(shift.truncated.of('call.ended')[0]?.data.recording).toBe('truncated');
    expect(shift.truncated.of('call.recording-stored')[0]?.data).toMatchObject({
      truncated: true,
    });
  });

  it('E5 a call that comes then has none, says so, and is over with its end', () => {
    const errors = shift.unrecorded.of('call.error').map(({ data }) => data.code);
    expect(errors).toEqual(['recording.truncated']);
    expect(shift.unrecorded.of('call.ended')[0]?.data.recording).toBe('failed');
    expect(shift.unrecorded.of('call.recording-stored')).toEqual([]);
  });
});

describe('a pod under load that gets SIGTERM', () => {
  it('is not ready at once, and has no place for anybody new', () => {
    expect(shift.seen).toMatchObject({ notReady: 503, capacity: 0 });
    expect(shift.verdict.looked.calls).toBe(2 + CALLS + 1);
  });

  it('takes the socket of a place it gave', () => {
    expect(shift.seen.talkingWithLate).toBe(CALLS + 1);
  });

  it('lets calls finish, and says goodbye to those who are left before its time is over', () => {
    expect(shift.finished).toHaveLength(FINISHING);
    expect(shift.sentAway).toHaveLength(CALLS + 1 - FINISHING);
    expect(shift.said).toContain('"event":"door.saying-goodbye"');
    expect(shift.said).not.toContain('"event":"door.cutting-off"');
    for (const story of shift.sentAway.filter(({ started }) => started?.kind === 'phone')) {
      const kinds = story.of('call.turn-agent').map(({ data }) => data.kind);
      expect(kinds.at(-1)).toBe('goodbye');
    }
  });

  it('exits 0 with nothing open, and nothing is forgotten', () => {
    expect(shift.exitCode).toBe(0);
    expect(shift.said).toContain('{"event":"test.open-handles","open":[]}');
    expect(shift.verdict.violations).toEqual([]);
  });
});
