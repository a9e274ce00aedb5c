import { beforeAll, describe, expect, it } from '@jest/globals';
import { encodeSound } from './g711.js';
import { Hearing, type SoundFormat } from './hearing.js';
import { speech } from './speak.js';
import { UtteranceBank } from './utterance-bank.js';

const text = 'Hello, I would like to book a table for two tomorrow.';
const phone: SoundFormat = { encoding: 'mulaw', rateHz: 8000 };

describe('hearing', () => {
  const bank = new UtteranceBank();
  const said = (what: string, rateHz = 8000): Int16Array => speech(what, { rateHz }).samples;
  const silence = (ms: number, rateHz = 8000): Int16Array => new Int16Array((ms * rateHz) / 1000);
  const joined = (...parts: readonly Int16Array[]): Int16Array =>
    Int16Array.from(parts.flatMap((part) => [...part]));
  const frames = (samples: Int16Array): Int16Array[] =>
    Array.from({ length: Math.ceil(samples.length / 160) }, (_, at) => {
      const frame = new Int16Array(160);
      frame.set(samples.subarray(at * 160, (at + 1) * 160));
      return frame;
    });
  const heard = (samples: Int16Array, format = phone): string => {
    const hearing = new Hearing(bank, format);
    const bytes = encodeSound(samples, format.encoding);
    const step = format.encoding === 'linear16' ? format.rateHz / 25 : format.rateHz / 50;
    for (let at = 0; at < bytes.length; at += step) {
      hearing.hear(bytes.subarray(at, at + step), () => undefined);
    }
    return hearing
      .endTurn()
      .map((word) => word.text)
      .join(' ');
  };

  beforeAll(() => {
    for (const each of [text, 'Hello, I would rather not.', 'Yes.', 'Yes, please.', 'Goodbye!']) {
      const { samples, words } = speech(each, { rateHz: 8000 });
      bank.register({ text: each, samples, words });
    }
  });

  it.each([
    ['mulaw', 8000],
    ['alaw', 8000],
    ['linear16', 8000],
    ['linear16', 16_000],
    ['linear16', 24_000],
    ['mulaw', 16_000],
  ] as const)('understands %s at %i Hz', (encoding, rateHz) => {
    const pause = silence(333, rateHz);
    const samples = joined(pause, said(text, rateHz), pause, said('Goodbye!', rateHz), pause);
    expect(heard(samples, { encoding, rateHz })).toBe(`${text} Goodbye!`);
  });

  it('tells those apart that begin alike, one being the beginning of the other', () => {
    const pause = silence(300);
    for (const each of ['Hello, I would rather not.', 'Yes.', 'Yes, please.']) {
      expect(heard(joined(pause, said(each), pause))).toBe(each);
    }
  });

  it('does not know what it was not told', () => {
    expect(heard(joined(said('Something else entirely!'), silence(300)))).toMatch(
      /^(\[garbled\] ?)+$/,
    );
    expect(heard(silence(3000))).toBe('');
  });

  it('understands as far as the speaker got', () => {
    const cut = said(text).subarray(0, 8000);
    expect(heard(joined(cut, silence(500)))).toMatch(/^Hello, I( would)?$/);
  });

  it('understands the rest when it comes in late', () => {
    const rest = joined(...frames(said(text)).slice(50), silence(300));
    expect(heard(rest)).toMatch(/table for two tomorrow\.$/);
    expect(heard(rest)).not.toContain('Hello');
  });

  const wholeFrames = (): Int16Array[] => frames(said(text));
  const spoilt = (spoil: (all: Int16Array[], at: number) => Int16Array[]): string[] =>
    Array.from({ length: 20 }, (_, each) => {
      const all = frames(joined(silence(100), said(text), silence(300)));
      const loud = all.flatMap((frame, at) => (frame.some((x) => Math.abs(x) > 2000) ? [at] : []));
      return heard(joined(...spoil(all, loud[each * 3 + 1] ?? 0)));
    });

  it('misses the word that lost a frame', () => {
    for (const words of spoilt((all, at) => all.toSpliced(at, 1))) {
      expect(words).not.toBe(text);
      expect(words.length).toBeLessThan(text.length);
      expect(words.split(' ').length).toBeGreaterThan(7);
    }
  });

  it('hears a word with a doubled frame not as it was said', () => {
    for (const words of spoilt((all, at) => all.toSpliced(at, 0, all[at] ?? silence(20)))) {
      expect(words).not.toBe(text);
      expect(words.split(' ').length).toBeGreaterThan(11);
    }
  });

  it('does not understand frames out of order or replaced', () => {
    const swapped = spoilt((all, at) =>
      all.toSpliced(at, 2, all[at + 1] ?? silence(20), all[at] ?? silence(20)),
    );
    const muted = spoilt((all, at) => all.with(at, silence(20)));
    for (const words of [...swapped, ...muted]) expect(words).not.toBe(text);
  });

  it('guesses a word before it is over and times it', () => {
    const hearing = new Hearing(bank, phone);
    const bytes = encodeSound(joined(silence(200), ...wholeFrames().slice(0, 15)), 'mulaw');
    hearing.hear(bytes, () => undefined);
    expect(hearing.words(true).map((word) => word.text)).toEqual(['Hello,']);
    expect(hearing.words(false)).toEqual([]);
    expect(hearing.words(true)[0]?.startMs).toBeCloseTo(200, -1);
    expect(hearing.voice?.startMs).toBeGreaterThanOrEqual(200);
    expect(hearing.audioMs).toBe(500);
  });
});
