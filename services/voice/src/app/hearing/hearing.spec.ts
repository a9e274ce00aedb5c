import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '@trunkline/kernel';
import { eventually } from '@trunkline/testing';
import { FakeSpeechToText } from '../../../test/fakes/fake-speech-to-text.js';
import { frame, listeningOrder } from '../../../test/support/listening-orders.js';
import { CircuitBreakers } from '../failover/circuit-breaker.js';
import { Hearing } from './hearing.js';
import type { HearingNews } from './hearing-news.js';

const down = () => new AppError('provider.unavailable', { retryable: true });
const refused = () => new AppError('provider.refused');
/** Bytes of these values are far from silence in µ-law, whose silence is 0xff. */
const loud = (mark: number) => frame(mark % 0x40);
const silence = frame(0xff);

class Scene {
  readonly own = new FakeSpeechToText('own');
  readonly standby = new FakeSpeechToText('standby');
  readonly call = new AbortController();
  readonly breakers = new CircuitBreakers();
  readonly waits: number[] = [];
  readonly news: HearingNews[] = [];
  /** Waits that a spec lets pass; the others last for ever. */
  allowMs: (delayMs: number) => boolean = () => true;
  hearing: Hearing | undefined;
  readonly #waiting: (() => void)[] = [];

  listen(...vendors: readonly FakeSpeechToText[]): Hearing {
    const [first = this.own, ...others] = vendors;
    const choice = (speechToText: FakeSpeechToText) => ({
      speechToText,
      order: listeningOrder({
        model: `${speechToText.provider}-1`,
        access: { ...listeningOrder().access, provider: speechToText.provider },
      }),
    });
    const hearing = new Hearing({
      choices: [choice(first), ...others.map(choice)],
      breakers: this.breakers,
      signal: this.call.signal,
      wait: (delayMs, signal) => this.#wait(delayMs, signal),
    });
    this.hearing = hearing;
    void this.#collect(hearing);
    return hearing;
  }

  letPass(): void {
    for (const resolve of this.#waiting) resolve();
  }

  get types(): string[] {
    return this.news.map(({ type }) => type);
  }

  async sessions(vendor: FakeSpeechToText, count: number): Promise<void> {
    await eventually(() => vendor.sessions.length === count, { everyMs: 1 });
  }

  async saw(type: string): Promise<HearingNews> {
    await eventually(() => this.types.includes(type), { everyMs: 1 });
    return this.news.findLast((one) => one.type === type)!;
  }

  #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    if (delayMs > 0) this.waits.push(delayMs);
    if (this.allowMs(delayMs)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }

  async #collect(hearing: Hearing): Promise<void> {
    for await (const one of hearing.news) this.news.push(one);
  }
}

describe('Hearing', () => {
  let scene: Scene;
  const sendFrames = (count: number, make: (n: number) => Uint8Array = loud): void => {
    for (let n = 0; n < count; n += 1) scene.hearing?.send(make(n));
  };

  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.call.abort());

  it('passes frames and words through while all is well, and says nothing of itself', async () => {
    const hearing = scene.listen();
    await scene.sessions(scene.own, 1);
    await eventually(() => {
      hearing.send(loud(1));
      return scene.own.last.frames.length > 0;
    });
    scene.own.last.hearsTurn('hello', 20);
    await scene.saw('turn-ended');
    expect(scene.types).toEqual(['speech-started', 'partial', 'turn-ended']);
  });

  it('hears what was said before the first session was open', async () => {
    scene.listen();
    sendFrames(3);
    await scene.sessions(scene.own, 1);
    await eventually(() => scene.own.last.bytes.length === 480);
  });

  it('E23 tries again after 1 s, 2 s and 4 s, and success resumes', async () => {
    scene.listen();
    await scene.sessions(scene.own, 1);
    scene.own.failures.push(down(), down());
    scene.own.last.breaks(down());
    await scene.sessions(scene.own, 2);
    expect(scene.waits).toEqual([1000, 2000, 4000]);
    expect(await scene.saw('recovered')).toMatchObject({ provider: 'own', model: 'own-1' });
    expect(scene.types).toEqual(['trouble', 'recovered']);
    scene.own.last.hearsTurn('still here', 1000);
    await scene.saw('turn-ended');
  });

  it('E23 asks to repeat when all retries failed, and gives up when the next round fails too', async () => {
    scene.listen();
    await scene.sessions(scene.own, 1);
    for (let n = 0; n < 6; n += 1) scene.own.failures.push(down());
    scene.own.last.breaks(down());
    await scene.saw('gave-up');
    expect(scene.types).toEqual(['trouble', 'lost-utterance', 'gave-up']);
    expect(scene.waits).toEqual([1000, 2000, 4000, 1000, 2000, 4000]);
    expect(scene.own.sessions).toHaveLength(1);
  });

  it('E23 plays to the next session only what was not settled, and counts by the line', async () => {
    scene.listen();
    await scene.sessions(scene.own, 1);
    await eventually(() => (scene.hearing?.send(loud(0)), scene.own.last.frames.length === 1));
    sendFrames(99);
    scene.own.last.hearsTurn('book a table', 1000);
    await scene.saw('turn-ended');
    scene.own.last.breaks(down());
    await scene.saw('recovered');
    expect(scene.own.last.bytes).toEqual(Buffer.concat(scene.own.sessions[0]!.frames.slice(50)));
    expect(await scene.saw('recovered')).toMatchObject({ replayedMs: 1000 });
    scene.own.last.hearsTurn('for two', 800);
    await eventually(() => scene.types.filter((type) => type === 'turn-ended').length === 2);
    expect(scene.news.at(-1)).toMatchObject({
      text: 'for two',
      untilMs: 1800,
      words: [
        { text: 'for', startMs: 1000, endMs: 1400 },
        { text: 'two', startMs: 1400, endMs: 1800 },
      ],
    });
    expect(scene.types).not.toContain('lost-utterance');
  });

  it('E23 plays what was said while nobody heard', async () => {
    scene.allowMs = (delayMs) => delayMs === 0;
    scene.listen(scene.own);
    await scene.sessions(scene.own, 1);
    scene.own.last.breaks(down());
    await scene.saw('trouble');
    sendFrames(100);
    scene.letPass();
    await scene.saw('recovered');
    expect(scene.own.last.frames.map(([mark]) => mark)).toEqual(
      Array.from({ length: 100 }, (_, n) => n % 0x40),
    );
  });

  it('tells of words that are gone because nobody heard them for too long', async () => {
    scene.allowMs = (delayMs) => delayMs === 0;
    scene.own.hangs = true;
    scene.listen(scene.own);
    sendFrames(300);
    scene.own.release();
    await scene.saw('lost-utterance');
    await eventually(() => scene.own.last.frames.length === 250);
  });

  it('does not call silence a loss', async () => {
    scene.own.hangs = true;
    scene.listen(scene.own);
    sendFrames(300, () => silence);
    scene.own.release();
    await scene.sessions(scene.own, 1);
    await eventually(() => scene.own.last.frames.length === 250);
    expect(scene.news).toEqual([]);
  });

  it('E23 races a standby at once while its own vendor is away', async () => {
    scene.allowMs = (delayMs) => delayMs === 0;
    scene.listen(scene.own, scene.standby);
    await scene.sessions(scene.own, 1);
    expect(scene.standby.sessions).toHaveLength(0);
    scene.own.last.breaks(down());
    expect(await scene.saw('recovered')).toMatchObject({ provider: 'standby' });
    scene.standby.last.hearsTurn('hello', 100);
    await scene.saw('turn-ended');
  });

  it('goes back to its own vendor when the standby breaks', async () => {
    scene.allowMs = (delayMs) => delayMs === 0;
    scene.listen(scene.own, scene.standby);
    await scene.sessions(scene.own, 1);
    scene.own.last.breaks(down());
    await scene.saw('recovered');
    scene.standby.last.hearsTurn('hello', 100);
    await scene.saw('turn-ended');
    scene.standby.last.breaks(down());
    await scene.sessions(scene.own, 2);
  });

  it('does not ask a vendor again that refused', async () => {
    scene.own.failures.push(refused());
    scene.listen(scene.own);
    expect(await scene.saw('gave-up')).toMatchObject({ code: 'provider.refused' });
    expect(scene.types).toEqual(['trouble', 'gave-up']);
    expect(scene.waits).toEqual([]);
  });

  it('goes to the standby when its own vendor refuses', async () => {
    scene.own.failures.push(refused());
    scene.listen(scene.own, scene.standby);
    expect(await scene.saw('recovered')).toMatchObject({ provider: 'standby' });
    expect(scene.waits).toEqual([]);
  });

  it('gives up on sessions that open and die, as on those that do not open', async () => {
    scene.own.onOpen = (session) => session.breaks(down());
    scene.listen(scene.own);
    await scene.saw('gave-up');
    expect(scene.types.filter((type) => type === 'lost-utterance')).toHaveLength(1);
    expect(scene.own.sessions.length).toBeLessThan(10);
  });

  it('leaves a vendor alone whose circuit is open', async () => {
    const breaker = scene.breakers.of({ ...listeningOrder().access, provider: 'own' });
    for (let n = 0; n < 5; n += 1) breaker.failed(down());
    scene.allowMs = (delayMs) => delayMs === 0;
    scene.listen(scene.own, scene.standby);
    await scene.saw('recovered');
    expect(scene.own.sessions).toHaveLength(0);
    expect(scene.standby.sessions).toHaveLength(1);
  });

  it('asks a vendor whose circuit is open when there is nobody else', async () => {
    const breaker = scene.breakers.of({ ...listeningOrder().access, provider: 'own' });
    for (let n = 0; n < 5; n += 1) breaker.failed(down());
    scene.listen(scene.own);
    await scene.sessions(scene.own, 1);
    expect(breaker.isOpen).toBe(false);
    expect(scene.news).toEqual([]);
  });

  it('does not blame a vendor for sessions that were cut off all at once', async () => {
    scene.allowMs = (delayMs) => delayMs === 0;
    for (let n = 0; n < 6; n += 1) scene.listen(scene.own);
    await scene.sessions(scene.own, 6);
    for (const session of scene.own.sessions) session.hearsTurn('hello', 100);
    await eventually(() => scene.types.filter((type) => type === 'turn-ended').length === 6);
    for (const session of scene.own.sessions) session.breaks(down());
    await eventually(() => scene.types.filter((type) => type === 'trouble').length === 6);
    const breaker = scene.breakers.of({ ...listeningOrder().access, provider: 'own' });
    expect(breaker.isOpen).toBe(false);
  });

  it('waits as long as a vendor asks', async () => {
    const details = { retryAfterMs: 3000 };
    scene.listen(scene.own);
    await scene.sessions(scene.own, 1);
    scene.own.failures.push(new AppError('provider.rate-limited', { retryable: true, details }));
    scene.own.last.breaks(down());
    await scene.sessions(scene.own, 2);
    expect(scene.waits).toEqual([1000, 3000]);
  });

  it('ends without a word when the call does, even in the middle of a retry', async () => {
    scene.allowMs = (delayMs) => delayMs === 0;
    scene.listen(scene.own);
    await scene.sessions(scene.own, 1);
    scene.own.last.breaks(down());
    await scene.saw('trouble');
    scene.call.abort();
    scene.hearing?.send(loud(1));
    expect(scene.types).toEqual(['trouble']);
  });
});
