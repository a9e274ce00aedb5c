import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectMongo, type Mongo } from '@trunkline/platform';
import { eventually, testMongo } from '@trunkline/testing';
import type { AnalyticsApp } from '../../src/app/analytics-app.js';
import * as calls from '../../src/app/read-calls.js';
import type { Told } from '../support/facts.js';
import { contextOf, newTenant, World } from '../support/world.js';

const VIEW = 'analytics-call-logs-v1';

describe('reading calls', () => {
  const tenant = newTenant();
  const mine = contextOf(tenant);
  const theirs = contextOf(newTenant());
  const nowhereYet = testMongo();
  let world: World;
  let app: AnalyticsApp;
  let empty: Mongo;

  beforeAll(async () => {
    world = await World.start();
    ({ app } = await world.replica());
    empty = await connectMongo(nowhereYet);
  }, 30_000);
  afterAll(async () => {
    await empty.close();
    await nowhereYet.drop();
    await world.stop();
  });

  const wav = Buffer.from('RIFF and what was said');
  const file = (key: string) => ({
    key,
    sizeBytes: wav.byteLength,
    sha256: createHash('sha256').update(wav).digest('hex'),
  });
  const storyOf = (id: string): readonly Told[] => [
    { type: 'dial.requested', data: { campaign: 'c-1' } },
    { type: 'call.started', data: { direction: 'outbound', campaign: 'c-1' } },
    { type: 'call.joined' },
    { type: 'call.turn-user' },
    { type: 'call.tool-called' },
    { type: 'call.tool-returned' },
    { type: 'call.retrieval' },
    { type: 'call.turn-agent' },
    { type: 'call.reconnecting' },
    { type: 'call.rejoined' },
    { type: 'call.error' },
    { type: 'call.transferred' },
    { type: 'call.disposition', data: { disposition: 'interested' } },
    { type: 'call.ended' },
    {
      type: 'call.recording-stored',
      data: { mono: file(`${tenant}/_adhoc/${id}.wav`), stereo: null, peaks: null },
    },
  ];
  const whole = async (id: string): Promise<void> => {
    await world.tell({ tenant, id }, storyOf(id));
    await eventually(async () => {
      expect((await calls.getRecording(app, mine, id)).status).toBe('stored');
    });
  };
  const list = (query: object, context = mine) =>
    calls.listCalls(app, context, { limit: 50, ...query });

  it('V10 O10 E9 S18 S19 shows a call with its transcript, figures and recording', async () => {
    await whole('call-1');
    expect(await calls.getCall(app, mine, 'call-1')).toMatchObject({
      ...{ id: 'call-1', status: 'ended', kind: 'phone', direction: 'outbound' },
      ...{ agent: 'agent-1', version: 1, mode: 'cascaded', campaign: 'c-1' },
      ...{ from: '+15551230001', to: '+15551230002', durationMs: 12_000 },
      ...{ endReason: 'user_hangup', endSide: 'caller', escalated: true },
      disposition: 'interested',
      transcript: [
        { who: 'caller', text: 'Hello' },
        { who: 'agent', text: 'Hello,', interrupted: true },
      ],
      turns: [{ turn: 1, finalMs: 460, firstTokenMs: 720, firstByteMs: 810, firstFrameMs: 815 }],
      recording: { status: 'stored', sizeBytes: wav.byteLength },
    });
  });

  it('E19 O19 gives transcript, duration and an address that works for some minutes', async () => {
    await whole('call-2');
    const name = `${tenant}/_adhoc/call-2.wav`;
    await app.objects.put({ bucket: 'recordings', name }, wav, { contentType: 'audio/wav' });
    const log = await calls.getCallLog(app, mine, 'call-2');
    expect(Object.keys(log)).toEqual(['call_id', 'download_url', 'transcript', 'duration']);
    expect(log).toMatchObject({ call_id: 'call-2', duration: 12 });
    expect(log.transcript).toBe('caller: Hello\nagent: Hello,');
    const downloaded = await fetch(log.download_url ?? '');
    expect(Buffer.from(await downloaded.arrayBuffer())).toEqual(wav);
    const { mono, stereo, expiresAt } = await calls.getRecording(app, mine, 'call-2');
    expect(new URL(mono ?? '').searchParams.get('X-Amz-Expires')).toBe('900');
    expect(stereo).toBeNull();
    expect(Date.parse(expiresAt ?? '')).toBeGreaterThan(Date.now());
    const unsigned = await fetch((mono ?? '').split('?')[0] ?? '');
    expect(unsigned.ok).toBe(false);
  });

  it('O21 O22 S6 V11 traces a call under our names and those of other systems', async () => {
    await whole('call-3');
    const { events } = await calls.getCallEvents(app, mine, 'call-3');
    expect(events.map(({ type, name }) => [type, name])).toEqual(
      expect.arrayContaining([
        ['dial.requested', null],
        ['call.started', 'session.start'],
        ['call.joined', 'call.joined'],
        ['call.turn-user', 'turn:user'],
        ['call.tool-called', 'tool:call'],
        ['call.tool-returned', 'tool:result'],
        ['call.retrieval', 'retrieval'],
        ['call.turn-agent', 'turn:agent'],
        ['call.reconnecting', 'disconnect'],
        ['call.transferred', 'transfer'],
        ['call.error', 'error'],
        ['call.ended', 'session.end'],
      ]),
    );
    const times = events.map(({ at }) => at);
    expect(times).toEqual(times.toSorted());
  });

  it('knows a call that was only just made, before any read model does', async () => {
    const late = { ...app, mongo: empty };
    await world.tell({ tenant, id: 'dialled' }, [{ type: 'dial.requested' }]);
    await world.tell({ tenant, id: 'opened' }, [{ type: 'voice-session.opened' }]);
    expect(await calls.getCall(late, mine, 'dialled')).toMatchObject({ status: 'requested' });
    expect(await calls.getCall(late, mine, 'opened')).toMatchObject({ status: 'opened' });
    expect(await calls.getRecording(late, mine, 'opened')).toMatchObject({ status: 'none' });
    await expect(calls.getCall(late, mine, 'nobody')).rejects.toMatchObject({
      code: 'request.not-found',
    });
  });

  it('V3 T19 shows another tenant nothing, whichever way it asks', async () => {
    await whole('call-4');
    const asks = [calls.getCall, calls.getCallLog, calls.getRecording, calls.getCallEvents];
    for (const ask of asks) {
      await expect(ask(app, theirs, 'call-4')).rejects.toMatchObject({ code: 'request.not-found' });
    }
    expect(await list({}, theirs)).toEqual({ calls: [], nextCursor: null });
  });

  it('lists by agent, campaign, state and time, page by page', async () => {
    await whole('call-5');
    await world.tell({ tenant, id: 'live-1' }, [{ type: 'call.started', data: { agent: 'a-2' } }]);
    await eventually(async () => expect((await list({ status: 'live' })).calls).toHaveLength(1));
    expect((await list({ agent: 'a-2' })).calls).toMatchObject([{ id: 'live-1' }]);
    const ofCampaign = await list({ campaign: 'c-1' });
    expect(ofCampaign.calls.length).toBeGreaterThan(1);
    expect(ofCampaign.calls.every(({ campaign }) => campaign === 'c-1')).toBe(true);
    const first = await list({ campaign: 'c-1', limit: 1 });
    const second = await list({ campaign: 'c-1', limit: 1, cursor: first.nextCursor });
    const ids = [...first.calls, ...second.calls].map(({ id }) => id);
    expect(ids).toEqual(ofCampaign.calls.slice(0, 2).map(({ id }) => id));
    expect((await list({ since: '2999-01-01T00:00:00.000Z' })).calls).toEqual([]);
    expect((await list({ until: '2001-01-01T00:00:00.000Z' })).calls).toEqual([]);
  });

  describe('E22 every list', () => {
    beforeAll(async () => {
      await whole('call-6');
      const rows = world.servers.mongo.platformCollection<{ _id: string }>(VIEW);
      const one = await rows.findOne({ _id: 'call-6' });
      const others = Array.from({ length: 400 }, (_, index) => ({
        ...{ ...one, _id: `other-${index}`, status: 'unknown' },
        ...{ agent: `a-${index % 20}`, campaign: `c-${index % 20}` },
      }));
      await rows.insertMany(others);
    });

    it.each([{ campaign: 'c-7' }, { agent: 'a-7' }, { status: 'unknown' as const }, {}])(
      'E22 of %j walks an index as far as its page, and sorts nothing',
      async (query) => {
        const db = world.servers.mongo.platformDatabase();
        const seen = db.collection('system.profile');
        await db.setProfilingLevel('all');
        await list({ ...query, limit: 5 });
        await db.setProfilingLevel('off');
        const queries = await seen.find({ 'command.find': VIEW }).toArray();
        const { find, filter, sort, limit } = queries.at(-1)?.['command'] ?? {};
        const explain = { find, filter, sort, limit };
        const plan = await db.command({ explain, verbosity: 'executionStats' });
        const stages = JSON.stringify(plan['queryPlanner'].winningPlan);
        expect(stages).toContain('IXSCAN');
        expect(stages).not.toMatch(/COLLSCAN|"SORT"/);
        expect(plan['executionStats'].totalDocsExamined).toBeLessThanOrEqual(6);
      },
    );
  });
});
