import { describe, expect, it } from '@jest/globals';
import { phoneFormat, type AudioFormat, type PlayEvent } from '../ports/index.js';
import { PacedPlayer, type PlayWire } from './paced-player.js';

/** A carrier that plays by the clock and echoes each mark when it comes to it, until told not to. */
class FakeCarrier implements PlayWire {
  readonly markEcho: PlayWire['markEcho'];
  readonly frames: Uint8Array[] = [];
  readonly buffer: (Uint8Array | string)[] = [];
  clears = 0;
  corked = 0;

  constructor(markEcho: PlayWire['markEcho']) {
    this.markEcho = markEcho;
  }

  sendFrame(frame: Uint8Array): void {
    this.frames.push(frame.slice());
    this.buffer.push(frame);
  }

  sendMark(name: string): void {
    this.buffer.push(name);
  }

  cork(): void {
    this.corked += 1;
  }

  uncork(): void {
    this.corked -= 1;
  }

  sendClear(): void {
    this.clears += 1;
    this.buffer.length = 0;
  }

  /** Plays 20 ms; answers the marks behind it. */
  play(): string[] {
    const echoes: string[] = [];
    if (typeof this.buffer[0] !== 'string') this.buffer.shift();
    while (typeof this.buffer[0] === 'string') echoes.push(String(this.buffer.shift()));
    return echoes;
  }
}

function world(
  options: { readonly markEcho?: PlayWire['markEcho']; readonly format?: AudioFormat } = {},
) {
  const carrier = new FakeCarrier(options.markEcho ?? 'always');
  const events: PlayEvent[] = [];
  const gaps: number[] = [];
  let sent = 0;
  let nowMs = 0;
  const player = new PacedPlayer({
    format: options.format ?? phoneFormat,
    wire: carrier,
    nowMs: () => nowMs,
    tell: (event) => void events.push(event),
    sent: () => void (sent += 1),
    gap: (durationMs) => void gaps.push(durationMs),
  });
  const pass = (durationMs: number): void => {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= 20) {
      nowMs += 20;
      for (const name of carrier.play()) if (carrier.markEcho !== 'never') player.echoed(name);
      player.tick(nowMs);
    }
  };
  return { carrier, events, gaps, player, pass, sent: () => sent };
}

/** Each frame of 160 bytes is filled with its number. */
const sound = (frames: number): Uint8Array =>
  Uint8Array.from({ length: frames * 160 }, (_, index) => Math.floor(index / 160) % 251);
const numbersOf = (frames: readonly Uint8Array[]): (number | undefined)[] =>
  frames.map((frame) => frame[0]);

describe('PacedPlayer', () => {
  it('given sound in odd pieces, then whole frames leave in order and the end is silence', () => {
    const { carrier, player, pass } = world();
    const bytes = sound(12).subarray(0, 12 * 160 - 60);
    player.play(1, bytes.subarray(0, 7));
    player.play(1, bytes.subarray(7, 1000));
    player.play(1, bytes.subarray(1000));
    player.finish(1);
    pass(400);
    expect(numbersOf(carrier.frames)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(carrier.frames.at(-1)?.at(-1)).toBe(0xff);
  });

  it('tells what was played, and when it was over', () => {
    const { events, player, pass } = world();
    player.play(3, sound(25));
    expect(events).toEqual([{ type: 'play-started', utterance: 3 }]);
    player.finish(3);
    pass(500);
    expect(events.slice(1)).toEqual([
      { type: 'played', utterance: 3, untilMs: 200 },
      { type: 'played', utterance: 3, untilMs: 400 },
      { type: 'played', utterance: 3, untilMs: 500 },
      { type: 'play-ended', utterance: 3 },
    ]);
    expect(player.queuedMs).toBe(0);
  });

  it('has no more than 300 ms at the carrier', () => {
    const { carrier, player, pass } = world();
    player.play(1, sound(500));
    let most = 0;
    for (let tick = 0; tick < 200; tick += 1) {
      most = Math.max(most, carrier.buffer.filter((one) => typeof one !== 'string').length);
      pass(20);
      expect(carrier.buffer.length).toBeGreaterThan(0);
    }
    expect(most).toBe(15);
    expect(carrier.corked).toBe(0);
  });

  it('given an interruption, then the carrier is told at once and nothing more leaves', () => {
    const { carrier, player, pass } = world();
    player.play(1, sound(500));
    pass(500);
    expect(player.pause()).toEqual({ utterance: 1, heardMs: 400 });
    expect(carrier.clears).toBe(1);
    const before = carrier.frames.length;
    player.play(1, sound(50));
    pass(1000);
    expect(carrier.frames.length).toBe(before);
    player.pause();
    expect(carrier.clears).toBe(1);
  });

  it('given that it was none, then the tail is spoken from the word boundary on', () => {
    const { carrier, player, pass } = world();
    player.play(1, sound(200));
    pass(500);
    player.pause();
    carrier.frames.length = 0;
    player.resume(340);
    pass(100);
    expect(numbersOf(carrier.frames.slice(0, 3))).toEqual([17, 18, 19]);
  });

  it('given that it was one, then the rest is forgotten and the next utterance plays', () => {
    const { carrier, events, player, pass } = world();
    player.play(1, sound(200));
    pass(500);
    player.pause();
    player.drop();
    carrier.frames.length = 0;
    player.play(1, sound(10));
    player.finish(1);
    player.play(2, sound(5));
    player.finish(2);
    pass(200);
    expect(numbersOf(carrier.frames)).toEqual([0, 1, 2, 3, 4]);
    expect(events.at(-1)).toEqual({ type: 'play-ended', utterance: 2 });
  });

  it('given a drop without a pause, then the carrier is told as well', () => {
    const { carrier, player } = world();
    player.play(1, sound(50));
    player.drop();
    expect(carrier.clears).toBe(1);
    player.drop();
    expect(carrier.clears).toBe(1);
  });

  it('given a carrier that never echoes, then the clock says what was heard', () => {
    const { events, player, pass } = world({ markEcho: 'never' });
    player.play(1, sound(25));
    player.finish(1);
    pass(700);
    expect(events.at(-1)).toEqual({ type: 'play-ended', utterance: 1 });
  });

  it('counts the silence in mid-utterance, not the one before or after it', () => {
    const { gaps, player, pass } = world();
    pass(500);
    player.play(1, sound(5));
    pass(200);
    player.play(1, sound(5));
    player.finish(1);
    pass(900);
    player.play(2, sound(5));
    expect(gaps).toEqual([100]);
  });

  it('given a socket that was away, then what was not heard is played again', () => {
    const { carrier, player, pass } = world();
    player.play(1, sound(200));
    pass(500);
    player.hold();
    carrier.buffer.length = 0;
    carrier.frames.length = 0;
    pass(2000);
    expect(carrier.frames).toEqual([]);
    player.release();
    expect(carrier.frames[0]?.[0]).toBe(20);
  });

  it('given digits, then their tones come first', () => {
    const { carrier, player, pass } = world();
    player.insert([new Uint8Array(160).fill(77), new Uint8Array(160).fill(78)]);
    player.play(1, sound(3));
    pass(200);
    expect(numbersOf(carrier.frames)).toEqual([77, 78, 0, 1, 2]);
  });

  it('given a murmur, then the caller hears it in silence too, 40 ms ahead and no more', () => {
    const { carrier, player, pass } = world();
    player.mixWith((frame) => frame.map((byte) => (byte === 0xff ? 99 : byte)));
    pass(200);
    expect(carrier.buffer.length).toBe(2);
    player.play(1, sound(2));
    pass(200);
    expect(numbersOf(carrier.frames).join(' ')).toMatch(/^(99 )+0 1 (99 ?)+$/);
  });

  it('given two minutes of a reply that is heard, then what was heard is let go', () => {
    const { carrier, player, pass } = world();
    for (let second = 0; second < 300; second += 1) {
      player.play(1, sound(50));
      pass(1000);
    }
    expect(carrier.frames.length).toBe(300 * 50);
    expect(numbersOf(carrier.frames.slice(-3))).toEqual([47, 48, 49]);
  });

  it('given 16 kHz, then a frame has 640 bytes', () => {
    const { carrier, player } = world({ format: { encoding: 'pcm16le', rateHz: 16_000 } });
    player.play(1, new Uint8Array(6400));
    expect(carrier.frames.map((frame) => frame.length)).toEqual(Array(10).fill(640));
  });
});
