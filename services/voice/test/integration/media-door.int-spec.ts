import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deferred } from '@trunkline/kernel';
import { eventually } from '@trunkline/testing';
import { createHmac } from 'node:crypto';
import { accountSid, authToken, browserPlan, planOf } from '../support/door-things.js';
import { DoorWorld } from '../support/door-world.js';
import { MediaCaller, twilioStart } from '../support/media-caller.js';

const frame = (fill: number): Uint8Array => new Uint8Array(160).fill(fill);
const pcm = Buffer.alloc(640, 1).toString('base64');

const firstWords = {
  telnyx: (token: string) => ({
    ...{ event: 'start', stream_id: 'S-1' },
    start: {
      call_control_id: 'C-1',
      media_format: { encoding: 'PCMU', sample_rate: 8000, channels: 1 },
      custom_parameters: { token },
    },
  }),
  plivo: (token: string) => ({
    event: 'start',
    start: {
      ...{ callId: 'C-1', streamId: 'S-1', accountId: accountSid },
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000 },
    },
    extra_headers: `token=${token}`,
  }),
};

describe('the door of audio sockets', () => {
  let world: DoorWorld;
  beforeEach(async () => {
    world = await DoorWorld.start({ startLimitMs: 300, graceMs: 300 });
  });
  afterEach(() => world.stop());

  const knock = async (callId: string, token: string, more: object = {}) => {
    const caller = await MediaCaller.open(`${world.wsBaseUrl}/media/twilio/${callId}`);
    caller.start(token, more);
    return caller;
  };
  const live = async (callId = 'a') => {
    const { streamToken: token } = await world.reserve(planOf(callId));
    const caller = await knock(callId, token);
    return { caller, token, running: await world.running(callId) };
  };
  /** What must not have happened when somebody was refused. */
  const expectNothingBegan = () => {
    expect([world.runner.admitted, world.runner.running, world.ticker.size]).toEqual([[], [], 0]);
  };

  it('E1 lets a call in and carries its sound both ways', async () => {
    const { caller, running } = await live();
    caller.audio(frame(1));
    caller.audio(new Uint8Array([...frame(2), ...frame(3)]));
    await eventually(async () => expect(running.frames.map((one) => one[0])).toEqual([1, 2, 3]));
    running.line.player.play(1, new Uint8Array(800).fill(9));
    running.line.player.finish(1);
    await eventually(async () => expect(caller.said).toHaveLength(6));
    expect(caller.said[0]).toEqual({
      ...{ event: 'media', streamSid: 'MZ1' },
      media: { payload: Buffer.from(frame(9)).toString('base64') },
    });
    const mark = caller.said[5] as { mark: { name: string } };
    caller.send({ event: 'mark', streamSid: 'MZ1', mark: mark.mark });
    await eventually(async () =>
      expect(running.events.map(({ type }) => type)).toEqual([
        'play-started',
        'played',
        'play-ended',
      ]),
    );
  });

  it('keeps what is said while the log is being asked', async () => {
    const gate = deferred<void>();
    world.runner.gate = gate.promise;
    const { streamToken: token } = await world.reserve(planOf('a'));
    const caller = await knock('a', token);
    for (const fill of [1, 2, 3]) caller.audio(frame(fill));
    caller.send({ event: 'dtmf', streamSid: 'MZ1', dtmf: { track: 'inbound', digit: '5' } });
    await eventually(async () => expect(world.reservations.find('a')?.state).toBe('opening'));
    gate.resolve();
    const running = await world.running('a');
    await eventually(async () => expect(running.frames).toHaveLength(3));
    await eventually(async () => expect(running.events).toEqual([{ type: 'digit', digit: '5' }]));
  });

  it('E6 O5 lets browsers and other clients in by their subprotocol, and never says the token', async () => {
    for (const who of ['browser', 'generic']) {
      const { streamToken: token } = await world.reserve(browserPlan(who));
      const caller = await MediaCaller.open(`${world.wsBaseUrl}/media/${who}/${who}`, {
        protocols: ['trunkline.v1', `token.${token}`],
      });
      expect(caller.protocol).toBe('trunkline.v1');
      const audio = { type: 'audio', session_id: who, timestamp: 0, sequence: 1, data: pcm };
      caller.send({ ...audio, format: 'pcm_16k' });
      const running = await world.running(who);
      await eventually(async () => expect(running.frames.map((one) => one.length)).toEqual([640]));
      expect(running.line.carrierCallId).toBeNull();
      running.line.player.play(1, new Uint8Array(640));
      await eventually(async () =>
        expect(caller.said[0]).toMatchObject({ type: 'audio', sequence: 1, format: 'pcm_16k' }),
      );
      running.finish();
      expect(await caller.closed).toBe(1000);
      expect(world.logged.join('')).not.toContain(token);
    }
  });

  it('answers 404, 401 and 503 before there is a socket', async () => {
    const { streamToken: token } = await world.reserve(browserPlan('b'));
    await world.reserve(planOf('v', { carrier: 'vobiz' }));
    const base = world.wsBaseUrl;
    const status = (path: string, protocols: string[] = []) =>
      MediaCaller.dial(`${base}${path}`, { protocols });
    expect(await status('/')).toBe(404);
    expect(await status('/media/twilio/strange')).toBe(404);
    expect(await status('/media/nobody/b')).toBe(404);
    expect(await status('/media/twilio/b')).toBe(404);
    expect(await status(`/media/twilio/b/${token}`)).toBe(404);
    expect(await status('/media/twilio/..%2f..%2fb')).toBe(404);
    expect(await status('/media/browser/b')).toBe(401);
    expect(await status('/media/browser/b', ['trunkline.v1', 'token.a.b.c'])).toBe(401);
    expect(await status('/media/vobiz/v')).toBe(401);
    expect(await status('/media/vobiz/v/a.b.c')).toBe(401);
    world.reservations.stopTaking();
    expect(await status('/media/twilio/strange')).toBe(503);
    expect(await status('/media/browser/b', ['trunkline.v1', `token.${token}`])).toBeInstanceOf(
      MediaCaller,
    );
    expectNothingBegan();
    expect(world.refusals()).toHaveLength(11);
  });

  it('lets Vobiz in by the token in its path', async () => {
    const { streamToken: token, url } = await world.reserve(planOf('v', { carrier: 'vobiz' }));
    const caller = await MediaCaller.open(`${url}/${encodeURIComponent(token)}`);
    const start = { callId: 'V-1', streamId: 'S-1', accountId: 'AC-ours' };
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000 };
    caller.send({ event: 'start', start: { ...start, mediaFormat }, extra_headers: '{}' });
    expect((await world.running('v')).line.carrierCallId).toBe('V-1');
    expect(world.logged.join('')).not.toContain(token);
  });

  it.each(['telnyx', 'plivo'] as const)('lets %s in by its own first words', async (carrier) => {
    const { streamToken: token, url } = await world.reserve(planOf('c', { carrier }));
    const caller = await MediaCaller.open(url);
    caller.send(firstWords[carrier](token));
    expect((await world.running('c')).line.carrierCallId).toBe('C-1');
    expect(await (await MediaCaller.open(url)).closed).toBe(4408);
  });

  it('takes the closing of a socket for a goodbye where there is no other', async () => {
    const eventsAfterClose = async (carrier: 'telnyx' | 'plivo') => {
      const { streamToken: token, url } = await world.reserve(planOf(carrier, { carrier }));
      const caller = await MediaCaller.open(url);
      caller.send(firstWords[carrier](token));
      const running = await world.running(carrier);
      caller.close(1000);
      await running.ended;
      return running.events;
    };
    expect(await eventsAfterClose('plivo')).toEqual([{ type: 'ended', how: 'hung-up' }]);
    expect(await eventsAfterClose('telnyx')).toEqual([
      { type: 'dropped' },
      { type: 'ended', how: 'lost' },
    ]);
  });

  it('tells a call whose caller left while it was being let in', async () => {
    const gate = deferred<void>();
    world.runner.gate = gate.promise;
    const { streamToken: token } = await world.reserve(planOf('a'));
    const caller = await knock('a', token);
    await eventually(async () => expect(world.reservations.find('a')?.state).toBe('opening'));
    caller.cut();
    await eventually(async () => expect(world.endpoint.socketCount).toBe(0));
    gate.resolve();
    const running = await world.running('a');
    await running.ended;
    expect(running.events).toEqual([{ type: 'dropped' }, { type: 'ended', how: 'lost' }]);
  });

  it('S16 believes a handshake that is signed over the configured address, and no other', async () => {
    const { streamToken: token, url } = await world.reserve(planOf('a'));
    const sign = (of: string) => createHmac('sha1', authToken).update(of).digest('base64');
    const dial = (signature: string) =>
      MediaCaller.dial(url, {
        headers: { 'x-twilio-signature': signature, 'x-forwarded-host': 'evil.example' },
      });
    expect(await dial(sign(`wss://evil.example/media/twilio/a`))).toBe(403);
    expect(await dial('nonsense')).toBe(403);
    const caller = (await dial(sign(url))) as MediaCaller;
    caller.start(token);
    await world.running('a');
  });

  it.each([
    ['no token', 4401, (caller: MediaCaller) => caller.start(null)],
    ['a wrong token', 4401, (caller: MediaCaller) => caller.start('a.b.c')],
    [
      'another account',
      4401,
      (caller: MediaCaller, token: string) => caller.start(token, { accountSid: 'AC-x' }),
    ],
    ['frames before start', 4400, (caller: MediaCaller) => caller.audio()],
    [
      'another codec',
      4415,
      (caller: MediaCaller, token: string) =>
        caller.send(twilioStart(token, { encoding: 'audio/x-l16' })),
    ],
    [
      'a codec nobody knows',
      4415,
      (caller: MediaCaller, token: string) =>
        caller.send(twilioStart(token, { encoding: 'audio/opus' })),
    ],
    ['nothing at all', 4408, () => undefined],
    [
      'a start that is none',
      4408,
      (caller: MediaCaller) => caller.send({ event: 'start', start: 7 }),
    ],
    ['a message of 65 kB', 1009, (caller: MediaCaller) => caller.send('x'.repeat(65 * 1024 + 1))],
    [
      'nonsense without end',
      1008,
      (caller: MediaCaller) => {
        for (let count = 0; count < 40; count += 1) caller.send('{');
      },
    ],
  ] as const)('S16 given %s, then it closes with %i and nothing began', async (_, code, say) => {
    const { streamToken: token } = await world.reserve(planOf('a'));
    const caller = await MediaCaller.open(`${world.wsBaseUrl}/media/twilio/a`);
    say(caller, token);
    expect(await caller.closed).toBe(code);
    expectNothingBegan();
    await eventually(async () => expect(world.refusals()).toHaveLength(1));
    expect(world.logged.join('')).not.toContain(token);
  });

  it('refuses a token that was used, also after the call', async () => {
    const { caller, running, token } = await live();
    expect(await (await knock('a', token)).closed).toBe(4409);
    running.finish();
    expect(await caller.closed).toBe(1000);
    expect(await MediaCaller.dial(`${world.wsBaseUrl}/media/twilio/a`)).toBe(409);
    expect(world.runner.admitted).toHaveLength(1);
  });

  it('given a second start in a call, then the socket is closed with 4400', async () => {
    const { caller, token } = await live();
    caller.start(token);
    expect(await caller.closed).toBe(4400);
  });

  it('E2 given bad frames in a call, then they are dropped and the rest is heard', async () => {
    const { caller, running } = await live();
    caller.audio(frame(1));
    for (const bad of ['!!!!', 'AAA', '']) caller.audio(bad);
    caller.send('{"event":');
    caller.audio(frame(2));
    await eventually(async () => expect(running.frames.map((one) => one[0])).toEqual([1, 2]));
  });

  it('given a flood in a call, then the socket is closed with 1008', async () => {
    const { caller } = await live();
    for (let count = 0; count < 1100; count += 1) caller.audio();
    expect(await caller.closed).toBe(1008);
  });

  it('lets the same leg back in on a new socket, with the sound it did not hear', async () => {
    const { caller, running, token } = await live();
    running.line.player.play(
      1,
      Uint8Array.from({ length: 16_000 }, (_, at) => Math.floor(at / 160)),
    );
    await eventually(async () => expect(caller.said.length).toBeGreaterThan(10));
    const mark = caller.said.find(({ event }) => event === 'mark') as { mark: object };
    caller.send({ event: 'mark', streamSid: 'MZ1', mark: mark.mark });
    await eventually(async () => expect(running.events).toHaveLength(2));
    caller.cut();
    await eventually(async () => expect(running.events.at(-1)).toEqual({ type: 'dropped' }));
    const back = await knock('a', token);
    await eventually(async () => expect(running.events.at(-1)).toEqual({ type: 'rejoined' }));
    await eventually(async () => expect(back.said.length).toBeGreaterThan(0));
    const payload = (back.said[0] as { media: { payload: string } }).media.payload;
    expect(Buffer.from(payload, 'base64')[0]).toBe(10);
    back.audio(frame(7));
    await eventually(async () => expect(running.frames.at(-1)?.[0]).toBe(7));
    expect(world.runner.admitted).toHaveLength(1);
  });

  it('lets the same leg back in though the death of its socket was not noticed', async () => {
    const { caller, running, token } = await live();
    expect(await (await knock('a', token)).closed).toBe(4409);
    // Nothing is heard of the first one for a second.
    const back = await eventually(async () => {
      const next = await knock('a', token);
      await eventually(async () => expect(running.events.at(-1)).toEqual({ type: 'rejoined' }), {
        deadlineMs: 300,
      });
      return next;
    });
    expect(running.events).toEqual([{ type: 'dropped' }, { type: 'rejoined' }]);
    back.audio(frame(7));
    await eventually(async () => expect(running.frames.at(-1)?.[0]).toBe(7));
    expect(await caller.closed).toBe(1006);
  });

  it('leaves nothing behind after many calls', async () => {
    for (let count = 0; count < 60; count += 1) {
      const { caller, running } = await live(`call-${count}`);
      running.line.player.play(1, new Uint8Array(1600));
      if (count % 2 === 0) running.finish();
      else caller.send({ event: 'stop', streamSid: 'MZ1', stop: {} });
      await caller.closed;
    }
    await world.reservations.emptied();
    await eventually(async () => expect(world.endpoint.socketCount).toBe(0));
    expect(world.ticker.size).toBe(0);
  });

  it('loses a call whose socket does not come back', async () => {
    const { caller, running } = await live();
    caller.cut();
    await eventually(async () =>
      expect(running.events).toEqual([{ type: 'dropped' }, { type: 'ended', how: 'lost' }]),
    );
    await world.reservations.emptied();
    expect(world.ticker.size).toBe(0);
  });

  it('takes a stop, and the closing of a page, for a goodbye', async () => {
    const { caller, running } = await live();
    caller.send({ event: 'stop', streamSid: 'MZ1', stop: {} });
    await eventually(async () =>
      expect(running.events).toEqual([{ type: 'ended', how: 'hung-up' }]),
    );
    expect(await caller.closed).toBe(1000);
    const { streamToken: token, url } = await world.reserve(browserPlan('b'));
    const page = await MediaCaller.open(url, { protocols: ['trunkline.v1', `token.${token}`] });
    page.send({ type: 'start', session_id: 'b' });
    const browsing = await world.running('b');
    page.close(1001);
    await eventually(async () =>
      expect(browsing.events).toEqual([{ type: 'ended', how: 'hung-up' }]),
    );
  });

  it('sends digits as tones where the wire has none', async () => {
    const { caller, running } = await live();
    running.line.sendDigits('1');
    await eventually(async () => expect(caller.said.length).toBeGreaterThanOrEqual(9));
    expect(caller.said.every(({ event }) => event === 'media')).toBe(true);
  });

  it('tells the carrier to be silent at once', async () => {
    const { caller, running } = await live();
    running.line.player.play(1, new Uint8Array(16_000));
    expect(running.line.player.pause()).toEqual({ utterance: 1, heardMs: 0 });
    await eventually(async () => expect(caller.said.at(-1)).toMatchObject({ event: 'clear' }));
  });

  it('says what it has in /metrics', async () => {
    await live();
    await world.reserve(planOf('b'));
    await MediaCaller.dial(`${world.wsBaseUrl}/media/twilio/strange`);
    const text = await world.metrics.print();
    expect(text).toMatch(/voice_active_calls\{[^}]*\} 1\n/);
    expect(text).toMatch(/voice_capacity\{[^}]*\} 100\n/);
    expect(text).toMatch(/voice_reservations\{[^}]*\} 1\n/);
    expect(text).toMatch(/voice_sockets_refused_total\{reason="request.not-found"[^}]*\} 1\n/);
  });
});
