import { describe, expect, it } from '@jest/globals';
import { judge } from './binaries.ts';
import { natsServer } from './servers/nats.ts';
import { s3Server } from './servers/s3.ts';

const [nats] = natsServer.programs;
const [minio] = s3Server.programs;

describe('judge', () => {
  it('refuses a nats-server that is too old, with the reason', () => {
    const verdict = judge(nats!, '2.9.10');
    expect(verdict).toEqual({ ok: false, reason: expect.stringContaining('2.9.10 is too old') });
    expect(verdict).toEqual({ ok: false, reason: expect.stringContaining('sync_interval') });
  });

  it('takes the oldest good one', () => {
    expect(judge(nats!, '2.10.27')).toEqual({ ok: true });
  });

  it('refuses a version that it cannot read', () => {
    expect(judge(nats!, 'DEVELOPMENT')).toMatchObject({ ok: false });
  });

  it('takes any version of a program without a lower bound', () => {
    expect(judge(minio!, 'DEVELOPMENT.GOGET')).toEqual({ ok: true });
  });
});
