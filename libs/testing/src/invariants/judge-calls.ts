import { callStories, type CallStory } from './call-story.js';
import type { Evidence, InvariantName, StoredFile, Violation } from './evidence.js';

/** A pod's lease, and a minute. */
const MAY_OUTLIVE_MS = 15_000 + 60_000;
const WAV_HEADER_BYTES = 44;
const RIFF_HEAD_BYTES = 8;

/** I3: an ended call has one document and, where there was sound, its recording. */
export function endedAndKept(evidence: Evidence): Violation[] {
  const { callLogs, segments } = evidence;
  return callStories(evidence).flatMap((story) => {
    const { id } = story;
    const ended = story.of('call.ended');
    if (ended.length === 0) return [];
    const documents = callLogs.filter(({ _id }) => _id === id);
    const left = segments.filter((name) => name.split('/')[1] === id);
    return [
      ...(ended.length > 1 ? [of('I3', id, `ended ${ended.length} times`)] : []),
      ...(documents.length === 1 ? [] : [of('I3', id, `has ${documents.length} documents`)]),
      ...(left.length > 0 ? [of('I3', id, `left ${left.length} segments behind`)] : []),
      ...recordingOf(story, evidence),
    ];
  });
}

/** I4: every read model has read all there is, and nothing is parked. */
export function readToItsEnd(evidence: Evidence): Violation[] {
  const { callLogs, letters } = evidence;
  const parked = letters
    .filter(({ state }) => state !== 'settled')
    .map(({ id, projection, state }) => of('I4', id, `${state} in ${projection}`));
  const behind = callStories(evidence).flatMap(({ id, facts }) => {
    const document = callLogs.find(({ _id }) => _id === id);
    if (!document || document.v['call'] === facts.length) return [];
    return [of('I4', id, `its document is at ${document.v['call']} of ${facts.length}`)];
  });
  return [...parked, ...behind];
}

/** I6: whose pod is gone is over soon, and nobody is left on the line. */
export function nobodyIsLeft(evidence: Evidence): Violation[] {
  const { deaths, legs } = evidence;
  const calls = callStories(evidence);
  const open = calls.filter((story) => story.of('call.ended').length === 0);
  const held = legs.filter(({ state }) => state !== 'ended');
  const late = calls.flatMap((story) => {
    const [ended] = story.of('call.ended');
    const startedAtMs = Date.parse(story.facts[0]?.occurredAt ?? '');
    const death = deaths.find(({ pod, atMs }) => pod === story.started?.pod && atMs >= startedAtMs);
    if (!ended || !death || !story.wasSwept) return [];
    const outlivedMs = Date.parse(ended.occurredAt) - death.atMs;
    if (outlivedMs <= MAY_OUTLIVE_MS) return [];
    return [of('I6', story.id, `ended ${Math.round(outlivedMs / 1000)} s after its pod`)];
  });
  return [
    ...open.map(({ id }) => of('I6', id, 'is not over')),
    ...held.map(({ id, state }) => of('I6', id, `is ${state} at its carrier`)),
    ...late,
  ];
}

/** I7: no log line has a number, a secret, or what somebody said. */
export function keptQuiet({ canaries, legs, said }: Evidence): Violation[] {
  const numbers = legs.flatMap(({ from, to }) => [from, to]);
  const all = said.join('');
  const found = [...new Set([...canaries, ...numbers])].filter((word) => all.includes(word));
  return found.map((word) => of('I7', `…${word.slice(-4)}`, 'stands in the logs'));
}

function recordingOf(story: CallStory, { callLogs, files }: Evidence): Violation[] {
  const { id } = story;
  const stored = story.of('call.recording-stored');
  const wanted = mayHaveNone(story) && stored.length === 0 ? 0 : 1;
  if (stored.length !== wanted) return [of('I3', id, `has ${stored.length} recordings`)];
  const [recording] = stored;
  if (!recording) return [];
  const { mono, stereo } = recording.data;
  const document = callLogs.find(({ _id }) => _id === id);
  const isShown = document?.recording?.sha256 === mono.sha256;
  return [
    ...(isShown ? [] : [of('I3', id, 'its document shows another recording')]),
    ...[mono, ...(stereo ? [stereo] : [])].flatMap((told) => wavFaults(told, files.get(told.key))),
  ];
}

function mayHaveNone(story: CallStory): boolean {
  return story.of('call.ended').some(({ data }) => ['none', 'failed'].includes(data.recording));
}

type ToldFile = Pick<StoredFile, 'key' | 'sizeBytes' | 'sha256'>;

function wavFaults(
  { key, sizeBytes, sha256 }: ToldFile,
  file: StoredFile | undefined,
): Violation[] {
  if (!file) return [of('I3', key, 'is not in the object store')];
  const faults = [
    file.sizeBytes !== sizeBytes && `has ${file.sizeBytes} of ${sizeBytes} bytes`,
    file.sha256 !== sha256 && 'has another sha256 than the log says',
    file.riffBytes !== file.sizeBytes - RIFF_HEAD_BYTES && 'says another size than it has',
    file.dataBytes !== file.sizeBytes - WAV_HEADER_BYTES && 'says another length than it has',
    file.sizeBytes <= WAV_HEADER_BYTES && 'is silent',
  ];
  return faults.flatMap((what) => (what === false ? [] : [of('I3', key, what)]));
}

function of(invariant: InvariantName, about: string, what: string): Violation {
  return { invariant, about, what };
}
