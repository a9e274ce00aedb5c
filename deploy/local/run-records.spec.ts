import { describe, expect, it } from '@jest/globals';
import { isLeftover, runMark, type RunRecord } from './run-records.ts';

const dataDir = '/home/me/trunkline/.data';
const record: RunRecord = { name: 'redis', pid: 42, startedAt: '1000', ports: [6379] };

function running(args: readonly string[], pid = 42, startedAt = '1000') {
  return { pid, startedAt, args };
}

describe('isLeftover', () => {
  it.each([
    ['mongod by its data path', ['/opt/bin/mongod', '--dbpath', `${dataDir}/mongo`]],
    ['weed by its option', ['weed', 'mini', `-dir=${dataDir}/s3/weed`]],
    ['a service by its mark', ['node', 'services/agents/dist/main.js', runMark(dataDir)]],
  ])('finds %s, without any record', (_what, args) => {
    expect(isLeftover(running(args), dataDir, [])).toBe(true);
  });

  it('finds a recorded process that hides its options', () => {
    expect(isLeftover(running(['redis-server']), dataDir, [record])).toBe(true);
  });

  it('leaves a stranger alone that got the pid of a dead child', () => {
    const stranger = running(['node', 'their-own.js'], 42, '2000');
    expect(isLeftover(stranger, dataDir, [record])).toBe(false);
  });

  it.each([
    ['a server on another folder', ['mongod', '--dbpath', '/var/lib/mongo']],
    ['a folder that only begins alike', ['mongod', '--dbpath', `${dataDir}-of-a-friend/mongo`]],
    ['somebody reading our log', ['tail', '-f', `${dataDir}/logs/nats.log`]],
  ])('leaves %s alone', (_what, args) => {
    expect(isLeftover(running(args), dataDir, [])).toBe(false);
  });
});
