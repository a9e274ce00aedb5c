import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallFact } from '@trunkline/contracts';
import { S3ObjectStore, type ObjectStore } from '@trunkline/platform';
import { ChaosProxy, eventually } from '@trunkline/testing';
import { FolderSpool } from '../../src/adapters/spool/folder-spool.js';
import type { Spool, SpoolFile } from '../../src/app/recording/ports.js';
import { PlainPress } from '../../src/app/recording/plain-press.js';
import { RecordingVault } from '../../src/app/recording/recording-vault.js';
import { SPOOL_HEADER_BYTES } from '../../src/app/recording/spool-header.js';
import { SpooledRecorder } from '../../src/app/recording/spooled-recorder.js';
import { phoneFormat, type CallRecording } from '../../src/app/ports/index.js';
import { quietLogger } from '../support/door-things.js';

const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: this test needs a real S3 server`);
  return value;
};

const openStore = (endpoint = setting('S3_ENDPOINT')): S3ObjectStore =>
  new S3ObjectStore({
    ...{ endpoint, region: 'us-east-1', limitMs: 3000 },
    ...{ accessKey: setting('S3_ACCESS_KEY'), secretKey: setting('S3_SECRET_KEY') },
  });

const CALLER = 0x10;
const AGENT = 0x90;
const frameOf = (code: number): Uint8Array => new Uint8Array(160).fill(code);

/** Refuses what is more than so much of a call, as a full one does. */
class SmallDisk extends FolderSpool {
  constructor(
    folder: string,
    private readonly sizeBytes: number,
  ) {
    super(folder);
  }

  override async create(name: string): Promise<SpoolFile> {
    const file = await super.create(name);
    const append = async (bytes: Uint8Array): Promise<void> => {
      if (file.sizeBytes + bytes.length > this.sizeBytes) throw new Error('ENOSPC');
      await file.append(bytes);
    };
    return {
      append,
      sync: () => file.sync(),
      read: (at, length) => file.read(at, length),
      close: () => file.close(),
      get sizeBytes() {
        return file.sizeBytes;
      },
    };
  }
}

/** A recorder on a clock of its own, and one call of an own tenant in it. */
class Room {
  nowMs = 0;
  readonly facts: CallFact[] = [];
  readonly tenant = `t${randomUUID().slice(0, 8)}`;
  readonly callId = `c${randomUUID().slice(0, 8)}`;
  readonly vault: RecordingVault;
  readonly recording: CallRecording;

  constructor(
    readonly objects: ObjectStore,
    readonly folder: string,
    spool: Spool = new FolderSpool(folder),
  ) {
    const { logger } = quietLogger();
    this.vault = new RecordingVault({ objects, logger, press: new PlainPress(objects) });
    const recorder = new SpooledRecorder({
      ...{ vault: this.vault, objects, logger, segmentMs: 1000 },
      spool,
      nowMs: () => this.nowMs,
    });
    this.recording = recorder.open({
      ...{ tenant: this.tenant, callId: this.callId, correlationId: 'r-1', campaign: null },
      ...{ format: phoneFormat, stereo: true },
      facts: { write: (fact) => void this.facts.push(fact), settled: () => Promise.resolve() },
    });
  }

  get name(): string {
    return `${this.tenant}.${this.callId}`;
  }

  talk(ticks: number): void {
    for (let tick = 0; tick < ticks; tick += 1) {
      this.recording.heard(frameOf(CALLER));
      this.recording.spoke(frameOf(AGENT));
      this.nowMs += 20;
    }
  }

  get stored() {
    const fact = this.facts.find(({ type }) => type === 'call.recording-stored');
    if (fact?.type !== 'call.recording-stored') throw new Error('nothing stored yet');
    return fact.data;
  }

  bytes(name: string): Promise<Uint8Array> {
    return this.objects.get({ bucket: 'recordings', name });
  }
}

describe('a recording', () => {
  let folder: string;
  const objects = openStore();

  beforeAll(async () => objects.ensureBuckets(['recordings', 'spool']));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spool-'));
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  it('E5 E10 stores both WAVs and the peaks with size and sha256, and empties the spool', async () => {
    const room = new Room(objects, folder);
    room.recording.begin();
    room.talk(100);
    await room.recording.finish(AbortSignal.timeout(10_000));

    const { mono, stereo, peaks, durationMs, by, truncated } = room.stored;
    expect(mono.key).toBe(`${room.tenant}/_adhoc/${room.callId}.wav`);
    expect(stereo?.key).toBe(`${room.tenant}/_adhoc/${room.callId}.stereo.wav`);
    expect({ durationMs, by, truncated }).toEqual({
      durationMs: 2000,
      by: 'pod',
      truncated: false,
    });
    for (const [file, channels] of [
      [mono, 1],
      [stereo, 2],
    ] as const) {
      const bytes = Buffer.from(await room.bytes(file?.key ?? ''));
      expect(bytes.length).toBe(file?.sizeBytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file?.sha256);
      expect(bytes.subarray(0, 4).toString()).toBe('RIFF');
      expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
      expect(bytes.readUInt16LE(22)).toBe(channels);
      expect(bytes.readUInt32LE(24)).toBe(16_000);
      expect(bytes.readUInt16LE(34)).toBe(16);
    }
    expect((await room.bytes(peaks?.key ?? '')).length).toBe(200);
    expect(await readdir(folder)).toEqual([]);
  });

  it('O19 asks the store to encrypt it at rest', async () => {
    const room = new Room(objects, folder);
    room.recording.begin();
    room.talk(10);
    await room.recording.finish(AbortSignal.timeout(10_000));
    const stat = await objects.stat({ bucket: 'recordings', name: room.stored.mono.key });
    expect(stat?.metadata).toMatchObject({ 'x-amz-server-side-encryption': 'AES256' });
  });

  it('keeps nothing before it is begun, not even a file', async () => {
    const room = new Room(objects, folder);
    room.talk(100);
    await room.recording.finish(AbortSignal.timeout(10_000));
    expect(room.facts).toEqual([]);
    expect(room.recording.state).toBe('none');
    expect(await readdir(folder)).toEqual([]);
  });

  it('puts each side where it was on the clock of the call', async () => {
    const room = new Room(objects, folder);
    room.nowMs = 1000;
    room.recording.begin();
    room.talk(50);
    await room.recording.finish(AbortSignal.timeout(10_000));
    const peaks = await room.bytes(room.stored.peaks?.key ?? '');
    expect(room.stored.durationMs).toBe(2000);
    expect([...peaks.subarray(0, 100)].every((peak) => peak === 0)).toBe(true);
    expect([...peaks.subarray(100)].every((peak) => peak > 0)).toBe(true);
  });

  it('leaves a segment in the store while the call goes on', async () => {
    const room = new Room(objects, folder);
    room.recording.begin();
    room.talk(150);
    await eventually(async () => {
      const names: string[] = [];
      for await (const { name } of objects.list('spool', `${room.tenant}/`, 10)) names.push(name);
      expect(names[0]).toBe(`${room.tenant}/${room.callId}/000000`);
    });
    await room.recording.finish(AbortSignal.timeout(10_000));
    const left: string[] = [];
    for await (const { name } of objects.list('spool', `${room.tenant}/`, 10)) left.push(name);
    expect(left).toEqual([]);
  });

  it('E5 keeps it in the spool while the store is away, and stores it when it is back', async () => {
    const proxy = await ChaosProxy.before(setting('S3_ENDPOINT'));
    try {
      const room = new Room(openStore(`http://127.0.0.1:${proxy.port}`), folder);
      room.recording.begin();
      room.talk(100);
      await proxy.leave();
      await expect(room.recording.finish(AbortSignal.timeout(1000))).rejects.toMatchObject({
        name: 'TimeoutError',
      });
      expect(room.facts).toEqual([]);
      expect(await readdir(folder)).toEqual([room.name]);
      expect(room.vault.oldestMs).toBeGreaterThan(0);
      await proxy.comeBack();
      await eventually(() => room.stored.by === 'pod', { deadlineMs: 30_000 });
      await eventually(async () => (await readdir(folder)).length === 0);
    } finally {
      await proxy.stop();
    }
  }, 60_000);

  it('goes on with the call when the disk is full, and stores what it had', async () => {
    const room = new Room(objects, folder, new SmallDisk(folder, 12_000));
    room.recording.begin();
    room.talk(80);
    await eventually(async () => (await stat(join(folder, room.name))).size > 1024);
    room.talk(100);
    await eventually(() => room.recording.state === 'truncated');
    room.talk(100);
    await room.recording.finish(AbortSignal.timeout(10_000));
    expect(room.facts.map(({ type }) => type)).toEqual(['call.error', 'call.recording-stored']);
    expect(room.stored.truncated).toBe(true);
  });

  it.each([
    ['the file cannot be made', 0],
    ['nothing said fits on it', SPOOL_HEADER_BYTES],
  ])('has failed when the disk was full before the call: %s', async (_what, sizeBytes) => {
    const room = new Room(objects, folder, new SmallDisk(folder, sizeBytes));
    room.recording.begin();
    room.talk(100);
    await eventually(() => room.recording.state === 'failed');
    await room.recording.finish(AbortSignal.timeout(10_000));
    expect(room.facts.map(({ type }) => type)).toEqual(['call.error']);
    expect(await readdir(folder)).toEqual([]);
  });
});
