import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakePlatform } from '../../../test/fake-platform.js';
import { callerScript } from '../script.js';
import { speakFromBrowser } from './web-call.js';

let platform: FakePlatform;

beforeEach(async () => {
  platform = await new FakePlatform().start();
});
afterEach(() => platform.stop());

const call = (steps: unknown) => ({
  url: `${platform.wsUrl}/media/browser`,
  token: 'abc.def',
  sessionId: 's1',
  script: callerScript.parse({ steps }),
  signal: new AbortController().signal,
});

describe('the phone on a browser’s socket', () => {
  it('offers the token as a subprotocol and speaks and hears 16 kHz frames', async () => {
    const loud = Buffer.alloc(640);
    for (let at = 0; at < 320; at += 1) loud.writeInt16LE(at % 40 < 20 ? 8_000 : -8_000, at * 2);
    let isAnswered = false;
    platform.onMessage = ({ socket }, { type, timestamp }) => {
      if (type !== 'audio' || isAnswered || Number(timestamp) < 1_500) return;
      isAnswered = true;
      const data = loud.toString('base64');
      const head = { session_id: 's1', timestamp: 0, sequence: 1, format: 'pcm_16k' };
      socket.send(JSON.stringify({ type: 'audio', ...head, data }));
      socket.send(JSON.stringify({ type: 'mark', session_id: 's1', name: 'm' }));
    };
    const spoken = await speakFromBrowser(
      call([{ say: 'Hi.' }, { waitForAgent: { quietMs: 100 } }, { dtmf: '7' }, { hangUp: true }]),
    );
    expect(spoken.outcome).toContain('caller');
    expect(spoken.report).toMatchObject({ stepsLeft: 0, turns: [{ said: 'Hi.' }] });
    expect(spoken.report?.turns[0]?.voiceToVoiceMs).toBeGreaterThan(0);
    const [line] = platform.lines;
    expect(line?.headers['sec-websocket-protocol']).toBe('trunkline.v1,token.abc.def');
    expect(line?.received.slice(0, 2)).toEqual([
      { session_id: 's1', type: 'start', format: 'pcm_16k' },
      {
        session_id: 's1',
        type: 'audio',
        timestamp: 0,
        sequence: 1,
        format: 'pcm_16k',
        data: expect.stringMatching(/^[A-Za-z0-9+/]{853,856}=*$/),
      },
    ]);
    const types = new Set(line?.received.map(({ type }) => type));
    expect(types).toEqual(new Set(['start', 'audio', 'mark', 'dtmf', 'stop']));
  });

  it('says with which status it was refused', async () => {
    const refusing = { ...call([]), url: `${platform.wsUrl}/refused` };
    platform.refuses = 401;
    expect(await speakFromBrowser(refusing)).toMatchObject({
      report: null,
      outcome: 'refused with 401',
    });
  });
});
