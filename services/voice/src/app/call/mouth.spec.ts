import { describe, expect, it } from '@jest/globals';
import { Channel } from '@trunkline/kernel';
import { FakePlayer } from '../../../test/fakes/fake-player.js';
import { phoneFormat, type PlayEvent, type Speaking, type Spoken } from '../ports/index.js';
import { Mouth, type MouthEvent } from './mouth.js';

/** 200 ms of sound, made of one number. */
const sound = (mark: number): Spoken => ({
  type: 'audio',
  bytes: new Uint8Array(1600).fill(mark),
});

/** A mouth whose voices sound when the test says so. */
class Scene {
  readonly voices: Channel<Spoken>[] = [];
  readonly told: MouthEvent[] = [];
  readonly heard: number[] = [];
  readonly #events: PlayEvent[] = [];
  readonly player = new FakePlayer({
    frameBytes: 160,
    tell: (event) => this.#events.push(event),
    sent: (frame) => this.heard.push(frame[0] ?? 0),
  });
  readonly mouth = new Mouth({
    ...{ player: this.player, format: phoneFormat, nowMs: () => 0 },
    open: () => Promise.resolve(this.#voice()),
    shape: () => ({ push: (text) => [{ written: text, spoken: text }], end: () => [] }),
    tell: (event) => this.told.push(event),
    signal: new AbortController().signal,
  });

  async pass(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += 20) {
      await new Promise((resolve) => setImmediate(resolve));
      this.player.tick();
      for (const event of this.#events.splice(0)) this.mouth.onPlay(event);
    }
  }

  /** What was heard, one entry for each utterance in a row. */
  get order(): number[] {
    return this.heard.filter((mark, at) => mark !== this.heard[at - 1]);
  }

  get ended(): number[] {
    return this.told.flatMap((event) => (event.type === 'ended' ? [event.utterance.number] : []));
  }

  #voice(): Speaking {
    const spoken = new Channel<Spoken>({ capacity: 100, whenFull: 'refuse' });
    this.voices.push(spoken);
    const close = (): void => spoken.close();
    return {
      say: () => Promise.resolve(),
      flush: close,
      end: () => undefined,
      cancel: close,
      spoken,
    };
  }
}

function givenTwo(): Scene {
  const scene = new Scene();
  scene.mouth.say(1, 'filler', 'One moment.');
  scene.mouth.begin(2, { kind: 'reply', isHeld: false });
  return scene;
}

describe('Mouth', () => {
  it('speaks in the order of the words, whichever voice is faster', async () => {
    const scene = givenTwo();
    scene.voices[1]?.offer(sound(2));
    await scene.pass(60);
    scene.voices[0]?.offer(sound(1));
    scene.voices[1]?.offer(sound(2));
    scene.voices[0]?.offer(sound(1));
    for (const voice of scene.voices) voice.close();
    await scene.pass(1200);
    expect(scene.order).toEqual([1, 2]);
    expect(scene.ended).toEqual([1, 2]);
    expect(scene.heard).toHaveLength(40);
  });

  it('cuts what waits without silencing what is heard', async () => {
    const scene = givenTwo();
    for (const mark of [1, 2]) scene.voices[mark - 1]?.offer(sound(mark));
    for (const voice of scene.voices) voice.close();
    await scene.pass(60);
    scene.mouth.cut(2);
    await scene.pass(600);
    expect(scene.heard).toHaveLength(10);
    expect(scene.order).toEqual([1]);
    expect(scene.player.clearCount).toBe(0);
  });

  it('goes on with the next when a voice breaks in mid-sentence', async () => {
    const scene = givenTwo();
    for (const mark of [1, 2]) scene.voices[mark - 1]?.offer(sound(mark));
    await scene.pass(60);
    scene.voices[0]?.fail(new Error('broken'));
    scene.voices[1]?.close();
    await scene.pass(600);
    expect(scene.order).toEqual([1, 2]);
    expect(scene.ended).toEqual([2]);
  });
});
