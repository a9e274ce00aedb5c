import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually } from '@trunkline/testing';
import {
  callStories,
  checkInvariants,
  readLog,
  type CallStory,
  type Places,
  type Verdict,
} from '@trunkline/testing/invariants';
import {
  CallerWorld,
  chatter,
  fillUp,
  placesOf,
  type Line,
  type PlatformProcess,
} from '@trunkline/testing/whole';
import { MediaCaller } from './media-caller.js';
import { mayMount, mountSmallDisk, quotaOf, type SmallDisk } from './small-disk.js';

const POD = 'voice-0';
export const CALLS = 8;
/** Of them, those that hang up before the goodbye. */
export const FINISHING = 4;
const DISK_MEGABYTES = 8;
const DRAIN_MS = 40_000;
const CATCH_UP_MS = 45_000;
const handles = join(import.meta.dirname, '../fixtures/tell-open-handles.mjs');

export interface Shift {
  readonly verdict: Verdict;
  readonly truncated: CallStory;
  /** Rung while the disk was full already. */
  readonly unrecorded: CallStory;
  readonly finished: readonly CallStory[];
  /** Those who were still there, the one that came late included. */
  readonly sentAway: readonly CallStory[];
  readonly said: string;
  readonly exitCode: number | null;
  readonly seen: {
    readonly talkingOnFullDisk: number;
    readonly notReady: number;
    readonly capacity: number;
    readonly refused: string;
    readonly talkingWithLate: number;
  };
}

/** One pod: its disk runs full and is freed again, then it is told to stop under load. */
export class LastShift {
  private constructor(
    readonly world: CallerWorld,
    private readonly places: Places,
    private readonly line: Line,
    private readonly disk: SmallDisk,
  ) {}

  static async start(): Promise<LastShift> {
    const budget = { VOICE_DRAIN_BUDGET_MS: String(DRAIN_MS), SHUTDOWN_BUDGET_MS: '60000' };
    const world = await CallerWorld.start({
      env: { voice: budget },
      podNodeArgs: ['--import', pathToFileURL(handles).href],
    });
    const spool = join(world.platform.folderOf(POD), 'spool');
    const disk = mayMount
      ? await mountSmallDisk(spool, DISK_MEGABYTES)
      : quotaOf(() => world.platform.process(POD).pid);
    const line = await world.newLine('telnyx', await world.newAgent());
    return new LastShift(world, await placesOf(world.platform), line, disk);
  }

  async run(): Promise<Shift> {
    const onFullDisk = await this.#runFull();
    const ids = await fillUp(this.world, { count: CALLS, lines: [this.line] });
    const session = await this.#reserve();

    this.#pod.signal('SIGTERM');
    await eventually(async () => (await this.#pod.status('/readyz')) === 503);
    const notReady = await this.#pod.status('/readyz');
    const capacity = await this.#pod.metric('voice_capacity');
    // It may ring for longer than the pod has left.
    const refusing = this.world.ring(this.line, chatter());
    const late = await MediaCaller.open(session.url, {
      protocols: ['trunkline.v1', `token.${session.token}`],
    });
    late.send({ type: 'start', session_id: 'late' });
    await this.#untilTalking(CALLS + 1);
    const talkingWithLate = await this.#talking();
    for (const id of ids.slice(0, FINISHING)) await this.world.hangUp(id);

    const exitCode = await this.#pod.exit();
    const refused = String((await refusing).outcome);
    const verdict = await checkInvariants(this.places, { within: CATCH_UP_MS });
    const stories = callStories(verdict.evidence);
    const endedBy = (reason: string): CallStory[] =>
      stories.filter((story) => story.of('call.ended')[0]?.data.reason === reason);
    const [truncated, unrecorded, ...finished] = endedBy('user_hangup');
    if (!truncated || !unrecorded) throw new Error('nobody hung up');
    const said = this.#pod.said.join('');
    return {
      ...{ verdict, truncated, unrecorded, finished, sentAway: endedBy('drained'), said, exitCode },
      seen: { talkingOnFullDisk: onFullDisk, notReady, capacity, refused, talkingWithLate },
    };
  }

  async stop(): Promise<void> {
    await this.disk.stop();
    await this.world.stop();
  }

  get #pod(): PlatformProcess {
    return this.world.platform.process(POD);
  }

  /** Answers how many calls talked on when the disk was full. */
  async #runFull(): Promise<number> {
    const [id = ''] = await fillUp(this.world, { count: 1, lines: [this.line] });
    await eventually(async () => (await this.#turnsOf()) >= 2, { deadlineMs: 30_000 });
    await this.disk.fill();
    await this.#untilCutShort(1);
    const before = await this.#turnsOf();
    await eventually(async () => (await this.#turnsOf()) > before, { deadlineMs: 30_000 });
    const talking = await this.#talking();
    const [late = ''] = await fillUp(this.world, { count: 1, lines: [this.line] });
    await this.#untilCutShort(2);
    await this.world.hangUp(id);
    await this.#untilTalking(1);
    await this.world.hangUp(late);
    await this.#untilTalking(0);
    await this.disk.free();
    return talking;
  }

  async #untilCutShort(count: number): Promise<void> {
    const found = (): number =>
      this.#pod.said.join('').split('"event":"recording.truncated"').length - 1;
    await eventually(() => found() === count, { deadlineMs: 20_000 });
  }

  async #turnsOf(): Promise<number> {
    const events = await readLog(this.places.nats);
    return events.filter(({ type }) => type === 'call.turn-agent').length;
  }

  #reserve(): Promise<{ readonly url: string; readonly token: string }> {
    const { agent } = this.line;
    return this.world.api('POST', '/v1/voice-sessions', { agent });
  }

  #talking(): Promise<number> {
    return this.#pod.metric('voice_active_calls');
  }

  async #untilTalking(count: number): Promise<void> {
    await eventually(
      async () => {
        const talking = await this.#talking();
        if (talking !== count) throw new Error(`${talking} of ${count} calls talk`);
      },
      { deadlineMs: 45_000, everyMs: 100 },
    );
  }
}
