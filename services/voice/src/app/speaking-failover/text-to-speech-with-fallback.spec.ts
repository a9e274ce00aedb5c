import { beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '@trunkline/kernel';
import { eventually } from '@trunkline/testing';
import { FakeTextToSpeech } from '../../../test/fakes/fake-text-to-speech.js';
import { speakingOrder, sumOf } from '../../../test/support/speaking-orders.js';
import { CircuitBreaker } from '../failover/circuit-breaker.js';
import type { Speaking, Spoken } from '../ports/index.js';
import { TextToSpeechWithFallback, type SpeakingFailure } from './text-to-speech-with-fallback.js';

const down = () => new AppError('provider.unavailable', { retryable: true });
const slow = () => new AppError('provider.timeout', { retryable: true });
const refused = () => new AppError('provider.refused');
const manual = { speaks: false, msPerWord: 300 };

class Scene {
  readonly own = new FakeTextToSpeech('own', manual);
  readonly other = new FakeTextToSpeech('other', manual);
  readonly circuit = new CircuitBreaker();
  readonly failures: SpeakingFailure[] = [];
  readonly turn = new AbortController();
  readonly voice = new TextToSpeechWithFallback({
    choices: [this.#choice(this.own, null), this.#choice(this.other, 'other-voice')],
    onFailure: (failure) => this.failures.push(failure),
  });
  readonly heard: Spoken[] = [];
  error: unknown;
  isOver = false;

  async open(): Promise<Speaking> {
    const speaking = await this.voice.open(speakingOrder(), this.turn.signal);
    void this.#listen(speaking);
    return speaking;
  }

  get words(): string[] {
    return this.heard.flatMap((piece) =>
      piece.type === 'words' ? piece.words.map(({ text }) => text) : [],
    );
  }

  heardWords(...words: readonly string[]): Promise<boolean> {
    return eventually(() => this.words.join(' ') === words.join(' '), { everyMs: 1 });
  }

  over(): Promise<boolean> {
    return eventually(() => this.isOver, { everyMs: 1 });
  }

  async #listen(speaking: Speaking): Promise<void> {
    try {
      for await (const piece of speaking.spoken) this.heard.push(piece);
    } catch (error) {
      this.error = error;
    }
    this.isOver = true;
  }

  #choice(textToSpeech: FakeTextToSpeech, voice: string | null) {
    const { provider } = textToSpeech;
    const access = { ...speakingOrder().access, provider };
    const circuit = provider === 'own' ? this.circuit : new CircuitBreaker();
    return { textToSpeech, access, modelName: `${provider}-1`, voice, circuit };
  }
}

describe('TextToSpeechWithFallback', () => {
  let scene: Scene;
  const say = async (speaking: Speaking, ...texts: readonly string[]): Promise<void> => {
    for (const text of texts) await speaking.say(text);
  };

  beforeEach(() => {
    scene = new Scene();
  });

  it('is the first choice while all is well', async () => {
    const speaking = await scene.open();
    await say(speaking, 'Good ', 'morning.');
    speaking.end();
    scene.own.last.sounds('Good morning.');
    scene.own.last.finishes();
    await scene.over();
    expect(scene.words).toEqual(['Good', 'morning.']);
    expect([scene.voice.provider, scene.voice.modelName]).toEqual(['own', 'own-1']);
    expect(scene.own.last.order).toMatchObject({ model: 'own-1', voice: 'cartesia-katie-en' });
  });

  it('asks the same vendor once more when the connection merely dropped', async () => {
    const speaking = await scene.open();
    await say(speaking, 'Your table is booked for two.');
    speaking.end();
    scene.own.last.sounds('Your table is');
    await scene.heardWords('Your', 'table', 'is');
    scene.own.last.breaks(down());
    await eventually(() => scene.own.utterances.length === 2);
    await eventually(() => scene.own.last.isEnded);
    expect(scene.own.last.said).toBe(' booked for two.');
    expect(scene.other.utterances).toHaveLength(0);
    expect(scene.failures).toMatchObject([{ provider: 'own', goesOn: true }]);
  });

  it('lets another voice say the rest, without a word twice and with times that go on', async () => {
    const speaking = await scene.open();
    await say(speaking, 'Your table is booked ');
    scene.own.last.sounds('Your table');
    // Announced, but never sounded: nobody has heard it.
    scene.own.last.times('is', 600, 900);
    await scene.heardWords('Your', 'table');
    scene.own.last.breaks(slow());
    await eventually(() => scene.other.last.said === ' is booked ', { everyMs: 1 });
    await say(speaking, 'for two.');
    speaking.end();
    await eventually(() => scene.other.last.isEnded);
    expect(scene.other.last.said).toBe(' is booked for two.');
    expect(scene.other.last.order).toMatchObject({ voice: 'other-voice', model: 'other-1' });
    scene.other.last.sounds('is booked for two.');
    scene.other.last.finishes();
    await scene.over();
    expect(scene.words.join(' ')).toBe('Your table is booked for two.');
    const starts = scene.heard.flatMap((piece) =>
      piece.type === 'words' ? piece.words.map(({ startMs }) => startMs) : [],
    );
    expect(starts).toEqual([0, 300, 600, 900, 1200, 1500]);
    expect(scene.error).toBeUndefined();
  });

  it('does not lose what is said while voices change', async () => {
    const speaking = await scene.open();
    await say(speaking, 'One ');
    scene.other.onOpen = () => void speaking.say('two ');
    scene.own.last.breaks(slow());
    await eventually(() => scene.other.last.said === 'One two ', { everyMs: 1 });
    await say(speaking, 'three.');
    expect(scene.other.last.said).toBe('One two three.');
  });

  it('stays with the voice that took over', async () => {
    scene.own.failures.push(refused());
    await scene.open();
    await scene.open();
    expect(scene.other.utterances).toHaveLength(2);
    expect(scene.voice.provider).toBe('other');
  });

  it('O18 never changes the vendor after three completed turns, and asks it once more', async () => {
    scene.voice.keepVendor();
    const speaking = await scene.open();
    await say(speaking, 'Your table is booked.');
    scene.own.last.breaks(slow());
    await eventually(() => scene.own.utterances.length === 2);
    scene.own.last.breaks(slow());
    await scene.over();
    expect(scene.error).toMatchObject({ code: 'provider.timeout' });
    expect(scene.other.utterances).toHaveLength(0);
    expect(scene.failures.map(({ goesOn }) => goesOn)).toEqual([true, false]);
  });

  it('O18 still changes the vendor before that', async () => {
    const speaking = await scene.open();
    await say(speaking, 'Your table is booked.');
    scene.own.last.breaks(slow());
    await eventually(() => scene.other.utterances.length === 1);
  });

  it('leaves a vendor alone whose circuit is open', async () => {
    for (let n = 0; n < 5; n += 1) scene.circuit.failed(down());
    await scene.open();
    expect(scene.own.utterances).toHaveLength(0);
    expect(scene.other.utterances).toHaveLength(1);
  });

  it('asks a vendor whose circuit is open when it has to stay with it', async () => {
    for (let n = 0; n < 5; n += 1) scene.circuit.failed(slow());
    scene.voice.keepVendor();
    await scene.open();
    expect(scene.own.utterances).toHaveLength(1);
  });

  it('blames a vendor for being slow, not for a connection that was cut', async () => {
    for (let n = 0; n < 6; n += 1) {
      const speaking = await scene.open();
      await say(speaking, 'Good morning.');
      const { length } = scene.own.utterances;
      scene.own.last.breaks(down());
      await eventually(() => scene.own.utterances.length === length + 1, { everyMs: 1 });
      speaking.cancel();
    }
    expect(scene.circuit.isOpen).toBe(false);
  });

  it('throws the last error when nobody is left', async () => {
    scene.own.failures.push(refused());
    scene.other.failures.push(slow());
    await expect(scene.open()).rejects.toMatchObject({ code: 'provider.timeout' });
  });

  it('needs nobody for what was said already', async () => {
    const speaking = await scene.open();
    await say(speaking, 'Good morning.');
    speaking.end();
    scene.own.last.sounds('Good morning.');
    await scene.heardWords('Good', 'morning.');
    scene.own.last.breaks(slow());
    await scene.over();
    expect(scene.error).toBeUndefined();
    expect(scene.other.utterances).toHaveLength(0);
  });

  it('stops looking for another voice when cancelled', async () => {
    const speaking = await scene.open();
    await say(speaking, 'Good morning.');
    scene.other.hangs = true;
    scene.own.last.breaks(slow());
    await eventually(() => scene.failures.length === 1, { everyMs: 1 });
    speaking.cancel();
    await scene.over();
    expect(scene.error).toBeUndefined();
  });

  it('warms whoever would be asked', async () => {
    await scene.voice.warm(speakingOrder().access, scene.turn.signal);
    expect(scene.own.warmed).toMatchObject([{ provider: 'own' }]);
  });

  it('speaks nothing for nothing', async () => {
    const speaking = await scene.voice.open(speakingOrder(), scene.turn.signal);
    speaking.end();
    expect(await sumOf(speaking.spoken)).toMatchObject({ soundBytes: 0 });
  });
});
