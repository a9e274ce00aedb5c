import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallStory } from '@trunkline/testing/invariants';
import { LostPods, type Fate, type Lost } from '../support/lost-pods.js';

let pods: LostPods;
let lost: Lost;
beforeAll(async () => {
  pods = await LostPods.start();
  lost = await pods.run();
}, 240_000);
afterAll(async () => {
  await pods?.world.stop();
});

const endOf = (story: CallStory) => story.of('call.ended').map(({ data }) => data.reason);
const recordingOf = (story: CallStory) => story.of('call.recording-stored')[0]?.data;

describe('voice pods killed at their worst moments', () => {
  it('E5 S8 lose nothing, end every call once and hang up every leg', () => {
    expect(lost.verdict.violations).toEqual([]);
    expect(lost.verdict.looked).toMatchObject({ calls: 6, recordings: 6 });
  });

  it('end a call whose caller hung up when nobody was there to hear it', () => {
    const story = lost.story('hung up, unheard');
    expect(endOf(story)).toEqual(['error_runtime_lost']);
    expect(recordingOf(story)).toMatchObject({ by: 'sweeper', truncated: false });
  });

  it('store the whole of what was on its way to the object store', () => {
    const story = lost.story('ended, being stored');
    expect(endOf(story)).toEqual(['user_hangup']);
    expect(recordingOf(story)).toMatchObject({ by: 'sweeper', truncated: false });
  });

  it('say what only the journal knew, the end of a call included', () => {
    const known = new Set(lost.verdict.evidence.events.map(({ eventId }) => eventId));
    expect(lost.onlyOnDisk.length).toBeGreaterThan(3);
    expect(lost.onlyOnDisk.filter((id) => !known.has(id))).toEqual([]);
    expect(endOf(lost.story('ended, only the journal knows'))).toEqual(['user_hangup']);
    expect(endOf(lost.story('in the journal'))).toEqual(['error_runtime_lost']);
  });

  it.each(['folder and all', 'folder and all, too'] satisfies Fate[])(
    'are swept by another when they are gone %s, with the sound up to the last segment',
    (fate) => {
      const story = lost.story(fate);
      expect(endOf(story)).toEqual(['error_runtime_lost']);
      expect(recordingOf(story)).toMatchObject({ by: 'sweeper', truncated: true });
      expect(recordingOf(story)?.durationMs).toBeGreaterThanOrEqual(30_000);
      const others = lost.restarted.flatMap(({ said }) => said).join('');
      expect(others).toContain(`"event":"sweep.pod-lost"`);
      expect(others).toContain(lost.gone.name);
    },
  );
});
