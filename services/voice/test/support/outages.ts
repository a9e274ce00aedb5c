import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '@trunkline/kernel';
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
  interruption,
  placesOf,
  question,
  talkingOn,
  type Line,
  type PlatformProcess,
} from '@trunkline/testing/whole';

export const HEALTHY_CALLS = 20;
const NATS_AWAY_MS = 30_000;
const NATS_FROZEN_MS = 20_000;
const MONGO_AWAY_MS = 60_000;
const S3_AWAY_MS = 5000;
const CATCH_UP_MS = 60_000;
/** Less than the log is away: this call ends while nobody can be told. */
const SHORT_CALL_MS = 20_000;

export interface Storm {
  readonly verdict: Verdict;
  /** Of the healthy ones. */
  readonly stories: readonly CallStory[];
  readonly short: CallStory;
  readonly while: {
    /** What the pod answered about being ready. */
    readonly ready: number;
    readonly journalBytes: number;
    /** Calls that talked at the end of each outage. */
    readonly talking: readonly number[];
    readonly refusedInbound: string;
    readonly refusedOutbound: string;
    /** Recordings in the spool while the object store was away. */
    readonly spooled: number;
  };
  readonly journalAfter: number;
}

/** Twenty calls in one voice process, and one dependency after the other goes away. */
export class Outages {
  #carrierCalls: readonly string[] = [];

  private constructor(
    readonly world: CallerWorld,
    private readonly places: Places,
    private readonly lines: readonly Line[],
    private readonly shortLine: Line,
  ) {}

  static async start(): Promise<Outages> {
    const env = { voice: { VOICE_MAX_CALLS: String(HEALTHY_CALLS + 5) } };
    const world = await CallerWorld.start({ env });
    const agent = await world.newAgent();
    const brief = await world.newAgent({ maxDurationMs: SHORT_CALL_MS });
    return new Outages(
      world,
      await placesOf(world.platform),
      [await world.newLine('twilio', agent), await world.newLine('telnyx', agent)],
      await world.newLine('telnyx', brief),
    );
  }

  async run(): Promise<Storm> {
    const { nats, toMongo, toS3 } = this.world.platform;
    await this.#ringAll();

    await nats.kill();
    const nobodyTold = sleep(NATS_AWAY_MS);
    await eventually(async () => (await this.#pod.metric('voice_journal_bytes')) > 0, {
      deadlineMs: 20_000,
    });
    const refusedInbound = await this.#ringInVain();
    const refusedOutbound = await this.#dialInVain();
    await nobodyTold;
    const ready = await this.#pod.status('/readyz');
    const journalBytes = await this.#pod.metric('voice_journal_bytes');
    const talking = [await this.#talking()];
    await nats.start();

    const mongoAway = sleep(MONGO_AWAY_MS);
    await toMongo.leave();
    await eventually(async () => (await this.#pod.metric('voice_journal_bytes')) === 0, {
      deadlineMs: 20_000,
    });
    await nats.pause();
    await sleep(NATS_FROZEN_MS);
    nats.resume();
    talking.push(await this.#talking());

    await toS3.leave();
    await Promise.all(this.#carrierCalls.map((id) => this.world.hangUp(id)));
    await eventually(() => this.#allEnded(), { deadlineMs: 30_000, everyMs: 200 });
    await sleep(S3_AWAY_MS);
    const spooled = (await readdir(this.#spool)).length;
    await toS3.comeBack();
    await mongoAway;
    await toMongo.comeBack();

    const canaries = [question, interruption];
    const verdict = await checkInvariants(this.places, { within: CATCH_UP_MS, canaries });
    const all = callStories(verdict.evidence);
    const isShort = ({ started }: CallStory): boolean => started?.agent === this.shortLine.agent;
    const [short] = all.filter(isShort);
    if (!short) throw new Error('the short call is not in the log');
    return {
      ...{ verdict, short, stories: all.filter((story) => !isShort(story)) },
      while: { ready, journalBytes, talking, refusedInbound, refusedOutbound, spooled },
      journalAfter: await this.#pod.metric('voice_journal_bytes'),
    };
  }

  get #pod(): PlatformProcess {
    return this.world.platform.process('voice-0');
  }

  get #spool(): string {
    return join(this.world.platform.folderOf('voice-0'), 'spool', 'voice-0');
  }

  async #ringAll(): Promise<void> {
    const { lines, shortLine, world } = this;
    this.#carrierCalls = await fillUp(world, { count: HEALTHY_CALLS, lines });
    await fillUp(world, { count: 1, lines: [shortLine] });
  }

  #talking(): Promise<number> {
    return talkingOn(this.world);
  }

  /** Answers how the carrier's call ended. */
  async #ringInVain(): Promise<string> {
    const [line] = this.lines as readonly [Line];
    const { outcome } = await this.world.ring(line, chatter());
    return String(outcome);
  }

  async #dialInVain(): Promise<string> {
    const [line] = this.lines as readonly [Line];
    const order = { to: '+15557650000', from: line.number, agent: line.agent };
    return this.world.api('POST', '/v1/calls', order).then(
      () => 'taken',
      (error: unknown) => String(error),
    );
  }

  async #allEnded(): Promise<boolean> {
    const stories = callStories({ events: await readLog(this.places.nats) });
    return stories.every((story) => story.of('call.ended').length > 0);
  }
}
