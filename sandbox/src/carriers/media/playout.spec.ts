import { describe, expect, it } from '@jest/globals';
import { Playout } from './playout.js';

const audio = (length: number, value = 1) => new Uint8Array(length).fill(value);

describe('Playout', () => {
  it('echoes a mark when the audio before it has been played, and not sooner', () => {
    const playout = new Playout();
    playout.push(audio(320));
    playout.mark('two frames');
    playout.push(audio(160));
    playout.mark('three frames');
    expect(playout.next().marks).toEqual([]);
    expect(playout.next().marks).toEqual([]);
    expect(playout.next().marks).toEqual(['two frames']);
    expect(playout.next()).toEqual({ audio: undefined, marks: ['three frames'] });
  });

  it('cuts what came into frames of 20 ms and fills up the last', () => {
    const playout = new Playout();
    playout.push(audio(100, 1));
    playout.push(audio(100, 2));
    expect(playout.next().audio).toEqual(new Uint8Array([...audio(100, 1), ...audio(60, 2)]));
    expect(playout.next().audio).toEqual(new Uint8Array([...audio(40, 2), ...audio(120, 0xff)]));
    expect(playout.next().audio).toBeUndefined();
  });

  it('forgets audio and names the marks when it is cleared', () => {
    const playout = new Playout();
    playout.push(audio(800));
    playout.next();
    playout.mark('a');
    playout.push(audio(800));
    playout.mark('b');
    expect(playout.clear()).toEqual(['a', 'b']);
    playout.mark('c');
    expect(playout.next()).toEqual({ audio: undefined, marks: ['c'] });
  });
});
