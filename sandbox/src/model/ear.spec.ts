import { beforeAll, describe, expect, it } from '@jest/globals';
import { prepareSpeech, speech } from '../speech/speak.js';
import { UtteranceBank } from '../speech/utterance-bank.js';
import { Ear, type EarEvent } from './ear.js';
import { soundBytes } from './sound-bytes.js';

const text = 'Hello there.';
const phone = { encoding: 'pcm_mulaw', rateHz: 8000, silenceMs: 500 } as const;

describe('an ear', () => {
  const bank = new UtteranceBank();
  const said = (): Int16Array => speech(text, { rateHz: 8000 }).samples;
  const silence = (ms: number): Int16Array => new Int16Array(ms * 8);
  const heard = (ear: Ear, ...parts: readonly Int16Array[]): readonly EarEvent[] =>
    parts.flatMap((part) => ear.hear(soundBytes(part, 'pcm_mulaw')));

  beforeAll(async () => {
    await prepareSpeech(text);
    const { samples, words } = speech(text, { rateHz: 8000 });
    bank.register({ text, samples, words });
  });

  it('hears when a turn begins and, after the silence, that it ended and what was said', () => {
    const ear = new Ear(bank, phone);
    expect(heard(ear, silence(200), said(), silence(400)).map(({ kind }) => kind)).toEqual([
      'started',
    ]);
    const [stopped] = heard(ear, silence(200));
    expect(stopped).toMatchObject({ kind: 'stopped', transcript: text });
    const spokenMs = 200 + said().length / 8;
    expect(Math.abs((stopped?.atMs ?? 0) - spokenMs)).toBeLessThan(100);
  });

  it('goes on counting where another ear stopped', () => {
    const [started] = heard(new Ear(bank, phone, 60_000), said());
    expect(started?.atMs).toBeGreaterThanOrEqual(60_000);
  });

  it('takes no click for speech, however often it clicks', () => {
    const click = silence(20).fill(4000);
    const ear = new Ear(bank, phone);
    const clicks = Array.from({ length: 10 }, () => [click, silence(400)]).flat();
    expect(heard(ear, ...clicks)).toEqual([]);
  });

  it('gives what was said so far when it is asked', () => {
    const ear = new Ear(bank, { ...phone, silenceMs: Infinity });
    heard(ear, said(), silence(2000));
    expect(ear.takeTranscript()).toBe(text);
    expect(ear.takeTranscript()).toBe('');
  });

  it('cannot hear floating point', () => {
    expect(() => new Ear(bank, { ...phone, encoding: 'pcm_f32le' })).toThrow(RangeError);
  });
});
