import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deferred } from '@trunkline/kernel';
import { FRAME_MS, type AudioFormat, type VoiceActivity } from '../../src/app/ports/index.js';
import type { VoiceWindow } from '../../src/domain/hearing/voice-gate.js';
import { framesOf, joined, silencePcm, spokenPcm } from '../support/line-sounds.js';

const phone: AudioFormat = { encoding: 'mulaw', rateHz: 8000 };
const formats: readonly AudioFormat[] = [
  phone,
  { encoding: 'alaw', rateHz: 8000 },
  { encoding: 'pcm16le', rateHz: 8000 },
  { encoding: 'pcm16le', rateHz: 16_000 },
  { encoding: 'pcm16le', rateHz: 24_000 },
];
/** The last piece of a sound may wait for more. */
const REST_MS = 40;
const FALL_BEHIND_MS = 100;

export const timeOf = (windows: readonly VoiceWindow[]): number =>
  windows.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
export const voiceMsOf = (windows: readonly VoiceWindow[]): number =>
  timeOf(windows.filter(({ probability }) => probability >= 0.5));

/** As a line sends it: frame by frame, and no faster than it is judged. */
export async function listenTo(
  voices: VoiceActivity,
  pcm: Int16Array,
  format: AudioFormat = phone,
): Promise<readonly VoiceWindow[]> {
  const windows: VoiceWindow[] = [];
  let judged = deferred<void>();
  const track = voices.track(format, (window) => {
    windows.push(window);
    judged.resolve();
    judged = deferred();
  });
  let sentMs = 0;
  for (const frame of framesOf(pcm, format)) {
    track.send(frame);
    sentMs += FRAME_MS;
    while (timeOf(windows) <= sentMs - FALL_BEHIND_MS) await judged.promise;
  }
  while (timeOf(windows) <= sentMs - REST_MS) await judged.promise;
  track.close();
  return windows;
}

/** What every VoiceActivity promises. */
export function voiceActivityContract(
  name: string,
  start: () => { readonly voices: VoiceActivity; readonly stop: () => void },
): void {
  describe(`VoiceActivity contract: ${name}`, () => {
    let subject: ReturnType<typeof start>;
    beforeAll(() => {
      subject = start();
    });
    afterAll(() => subject.stop());

    it('hears nobody in silence', async () => {
      const windows = await listenTo(subject.voices, silencePcm(1000));
      expect(windows.every(({ probability }) => probability < 0.35)).toBe(true);
    });

    it.each(formats)('hears a voice in $encoding at $rateHz Hz, and its end', async (format) => {
      const pcm = joined(silencePcm(400), spokenPcm(), silencePcm(800));
      const windows = await listenTo(subject.voices, pcm, format);
      expect(voiceMsOf(windows)).toBeGreaterThan(1800);
      expect(voiceMsOf(windows.slice(0, 8))).toBe(0);
      expect(voiceMsOf(windows.slice(-8))).toBe(0);
    });

    it('keeps lines apart that it hears at the same time', async () => {
      const lines = [spokenPcm(), silencePcm(2000), spokenPcm(), silencePcm(2000)];
      const heard = await Promise.all(lines.map((pcm) => listenTo(subject.voices, pcm)));
      const voiced = heard.map((windows) => voiceMsOf(windows) > 0);
      expect(voiced).toEqual([true, false, true, false]);
    });

    it('tells nothing of a line that is closed', async () => {
      const windows: VoiceWindow[] = [];
      const track = subject.voices.track(phone, (window) => windows.push(window));
      track.close();
      for (const frame of framesOf(spokenPcm(), phone)) track.send(frame);
      await listenTo(subject.voices, silencePcm(200));
      expect(windows).toEqual([]);
    });
  });
}
