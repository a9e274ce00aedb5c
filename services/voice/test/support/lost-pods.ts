import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
  fillUp,
  interruption,
  placesOf,
  question,
  type PlatformProcess,
} from '@trunkline/testing/whole';

const pods = ['voice-0', 'voice-1', 'voice-2'] as const;
const CALLS_A_POD = 2;
const RECORDED_MS = 40_000;
const SWEPT_MS = 90_000;

/** What became of each of the six calls, by the name of what was done to it. */
export interface Lost {
  readonly verdict: Verdict;
  readonly story: (name: Fate) => CallStory;
  /** What only the disk of a pod knew when it was killed. */
  readonly onlyOnDisk: readonly string[];
  readonly restarted: readonly PlatformProcess[];
  readonly gone: PlatformProcess;
}

export type Fate =
  | 'hung up, unheard'
  | 'ended, being stored'
  | 'ended, only the journal knows'
  | 'in the journal'
  | 'folder and all'
  | 'folder and all, too';

/**
 * Three pods with two calls each, killed at their worst moments: one that has not heard of a
 * hang-up and is storing a recording; one whose facts only its journal has; one in mid-call whose
 * folder goes as well. The first two come back under their names, the third never does.
 */
export class LostPods {
  readonly #fates = new Map<Fate, string>();
  readonly #deaths: { pod: string; atMs: number }[] = [];

  private constructor(
    readonly world: CallerWorld,
    private readonly places: Places,
  ) {}

  static async start(): Promise<LostPods> {
    const env = { voice: { VOICE_MAX_CALLS: String(CALLS_A_POD) } };
    const world = await CallerWorld.start({ pods, env });
    return new LostPods(world, await placesOf(world.platform));
  }

  async run(): Promise<Lost> {
    await this.#ringAll();
    const [gone, storing, journalling] = this.world.platform.pods as [
      PlatformProcess,
      PlatformProcess,
      PlatformProcess,
    ];
    await this.#killWhileStoring(storing);
    const onlyOnDisk = await this.#killWhileJournalling(journalling);
    await Promise.all([storing.start(), journalling.start()]);
    await this.#killFolderAndAll(gone);
    const canaries = [question, interruption];
    const verdict = await checkInvariants(this.places, {
      ...{ within: SWEPT_MS, deaths: this.#deaths, canaries },
    });
    const stories = callStories(verdict.evidence);
    const story = (name: Fate): CallStory => {
      const found = stories.find(({ id }) => id === this.#fates.get(name));
      if (!found) throw new Error(`no call was ${name}`);
      return found;
    };
    return { verdict, story, onlyOnDisk, restarted: [storing, journalling], gone };
  }

  /** Half of the legs at a carrier where only REST ends them. */
  async #ringAll(): Promise<void> {
    const agent = await this.world.newAgent();
    const lines = await Promise.all(
      (['twilio', 'telnyx'] as const).map((carrier) => this.world.newLine(carrier, agent)),
    );
    await fillUp(this.world, { count: pods.length * CALLS_A_POD, lines });
  }

  async #killWhileStoring(pod: PlatformProcess): Promise<void> {
    const { toS3 } = this.world.platform;
    const [stored, unheard] = await this.#callsOn(pod, 4);
    this.#fates.set('ended, being stored', stored.id);
    this.#fates.set('hung up, unheard', unheard.id);
    toS3.freeze();
    await this.#hangUp(stored);
    await eventually(async () => this.#hasInLog(stored.id, 'call.ended'));
    pod.signal('SIGSTOP');
    await this.#hangUp(unheard);
    await this.#kill(pod);
    toS3.thaw();
  }

  async #killWhileJournalling(pod: PlatformProcess): Promise<readonly string[]> {
    const { nats } = this.world.platform;
    const [ended, speaking] = await this.#callsOn(pod, 4);
    this.#fates.set('ended, only the journal knows', ended.id);
    this.#fates.set('in the journal', speaking.id);
    await nats.kill();
    await eventually(async () => (await this.#journalOf(pod, speaking.id)).length >= 2, {
      deadlineMs: 30_000,
    });
    await this.#hangUp(ended);
    await eventually(
      async () => (await this.#journalOf(pod, ended.id)).some(({ type }) => type === 'call.ended'),
      { deadlineMs: 20_000 },
    );
    const kept = [ended, speaking].map(({ id }) => this.#journalOf(pod, id));
    const lines = (await Promise.all(kept)).flat();
    await this.#kill(pod);
    await nats.start();
    return lines.map(({ eventId }) => eventId);
  }

  async #killFolderAndAll(pod: PlatformProcess): Promise<void> {
    const calls = await this.#callsOn(pod, 4);
    this.#fates.set('folder and all', calls[0].id);
    this.#fates.set('folder and all, too', calls[1].id);
    await eventually(() => this.#haveSegments(calls), { deadlineMs: RECORDED_MS });
    await this.#kill(pod);
    await rm(this.world.platform.folderOf(pod.name), { recursive: true });
  }

  async #kill(pod: PlatformProcess): Promise<void> {
    this.#deaths.push({ pod: pod.name, atMs: Date.now() });
    await pod.kill();
  }

  async #hangUp({ started }: CallStory): Promise<void> {
    await this.world.hangUp(started?.carrierCallId ?? '');
  }

  /** Both calls of the pod, once each has so many facts. */
  async #callsOn(pod: PlatformProcess, facts: number): Promise<[CallStory, CallStory]> {
    return eventually(
      async () => {
        const all = callStories({ events: await readLog(this.places.nats) });
        const [one, other] = all.filter(({ started }) => started?.pod === pod.name);
        const isTalking = one && other && Math.min(one.facts.length, other.facts.length) >= facts;
        if (!isTalking) throw new Error(`no two calls talk on ${pod.name} yet`);
        return [one, other];
      },
      { deadlineMs: 30_000, everyMs: 200 },
    );
  }

  async #hasInLog(id: string, type: string): Promise<boolean> {
    const events = await readLog(this.places.nats);
    return events.some((event) => event.id === id && event.type === type);
  }

  async #haveSegments(calls: readonly CallStory[]): Promise<boolean> {
    const { objects } = this.places;
    for (const { id, facts } of calls) {
      const names: string[] = [];
      const prefix = `${facts[0]?.tenant}/${id}/`;
      for await (const { name } of objects.list('spool', prefix, 10)) names.push(name);
      if (names.length === 0) return false;
    }
    return true;
  }

  /** The pod's own lines about a call. */
  async #journalOf(
    pod: PlatformProcess,
    callId: string,
  ): Promise<{ readonly eventId: string; readonly type: string }[]> {
    const folder = join(this.world.platform.folderOf(pod.name), 'journal', pod.name);
    const files = await readdir(folder);
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    return texts
      .flatMap((text) => text.split('\n').filter((line) => line.endsWith('}')))
      .map((line) => JSON.parse(line) as JournalLine)
      .filter(({ head }) => head.callId === callId)
      .map(({ eventId, fact }) => ({ eventId, type: fact.type }));
  }
}

interface JournalLine {
  readonly eventId: string;
  readonly head: { readonly callId: string };
  readonly fact: { readonly type: string };
}
