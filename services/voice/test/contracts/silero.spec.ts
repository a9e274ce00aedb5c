import { afterAll, describe, expect, it } from '@jest/globals';
import { SileroThread } from '../../src/adapters/silero/silero-thread.js';
import { SileroVoiceActivity } from '../../src/adapters/silero/silero-voice-activity.js';
import { framesOf, joined, pinkNoisePcm, spokenPcm, tonePcm } from '../support/line-sounds.js';
import { listenTo, voiceActivityContract, voiceMsOf } from './voice-activity.contract.js';

const start = () => {
  const failures: unknown[] = [];
  const voices = new SileroVoiceActivity({ onGateAlone: (error) => failures.push(error) });
  return { voices, failures, stop: () => voices.close() };
};

voiceActivityContract('Silero', start);

describe('Silero behind the gate', () => {
  const { voices, failures, stop } = start();
  afterAll(stop);

  it.each([
    ['pink noise', pinkNoisePcm(2000)],
    ['a tone', tonePcm(2000)],
  ])('takes %s for nobody', async (_name, pcm) => {
    expect(voiceMsOf(await listenTo(voices, pcm))).toBe(0);
    expect(failures).toEqual([]);
  });

  it('hears a voice through noise', async () => {
    const noise = pinkNoisePcm(2600);
    const pcm = spokenPcm().map((sample, at) => sample + (noise[at] ?? 0) / 4);
    expect(voiceMsOf(await listenTo(voices, pcm))).toBeGreaterThan(1500);
  });
});

describe('without the model', () => {
  const failing = () => {
    const failures: unknown[] = [];
    const voices = new SileroVoiceActivity({
      onGateAlone: (error) => failures.push(error),
      openJudge: () => ({
        judge: () => Promise.reject(new Error('no such weights')),
        close: () => undefined,
      }),
    });
    return { voices, failures };
  };

  it('what is loud counts as a voice, noise too, and the reason is told once', async () => {
    const { voices, failures } = failing();
    const heard = await listenTo(voices, joined(spokenPcm(), pinkNoisePcm(1000)));
    expect(voiceMsOf(heard)).toBeGreaterThan(2500);
    await listenTo(voices, spokenPcm());
    expect(failures).toEqual([new Error('no such weights')]);
  });
});

describe('the model', () => {
  it('is loaded for the first line that is listened to, and only then', () => {
    let opened = 0;
    const judge = { judge: () => new Promise<never>(() => undefined), close: () => undefined };
    const voices = new SileroVoiceActivity({
      onGateAlone: () => undefined,
      openJudge: () => {
        opened += 1;
        return judge;
      },
    });
    expect(opened).toBe(0);
    for (const rateHz of [8000, 16_000] as const) {
      voices.track({ encoding: 'pcm16le', rateHz }, () => undefined);
    }
    expect(opened).toBe(1);
    voices.close();
  });

  it('whose thread has ended says so', async () => {
    const thread = new SileroThread();
    thread.close();
    const batch = { rateHz: 8000, count: 1, sounds: new Float32Array(288) } as const;
    const asked = thread.judge({ ...batch, states: new Float32Array(256) });
    await expect(asked).rejects.toMatchObject({ details: { reason: 'thread-ended' } });
  });
});

describe('a model that is behind', () => {
  it('keeps a quarter of a second of a line, and the line goes on', () => {
    const windows: number[] = [];
    const voices = new SileroVoiceActivity({
      onGateAlone: () => undefined,
      openJudge: () => ({ judge: () => new Promise(() => undefined), close: () => undefined }),
    });
    const format = { encoding: 'mulaw', rateHz: 8000 } as const;
    const track = voices.track(format, ({ probability }) => windows.push(probability));
    for (const frame of framesOf(spokenPcm(), format)) track.send(frame);
    track.close();
    voices.close();
    // 79 windows: one is being judged, eight wait, those before are as what was before them.
    expect(windows).toHaveLength(70);
  });
});
