import { parseEventSubject } from '@trunkline/contracts';
import { callStories, type CallStory } from './call-story.js';
import type { Evidence, LoggedEvent, Violation } from './evidence.js';

/** I1: a carrier was asked to dial once for each attempt. */
export function dialledOnce({ deeds }: Evidence): Violation[] {
  const creates = deeds.filter(
    ({ command, isAccepted, key }) => command === 'create' && isAccepted && key !== undefined,
  );
  return [...Map.groupBy(creates, ({ accountId, key }) => `${accountId}/${key}`)]
    .filter(([, of]) => of.length > 1)
    .map(([about, of]) => ({ invariant: 'I1', about, what: `dialled ${of.length} times` }));
}

/** I2: what was acknowledged is in the log once, without holes, in the order it happened. */
export function inTheLogOnce(evidence: Evidence): Violation[] {
  const { acknowledged, events } = evidence;
  const known = new Set(events.map(({ id }) => id));
  const missing = acknowledged.filter((id) => !known.has(id));
  return [
    ...missing.map((about) => violation(about, 'was acknowledged and is not in the log')),
    ...repeated(events.map(({ eventId }) => eventId)).map((id) => violation(id, 'stands twice')),
    ...[...Map.groupBy(events, ({ subject }) => subject)].flatMap(versions),
    ...callStories(evidence).flatMap((story) => [...begunOnce(story), ...inOrder(story)]),
  ];
}

/** I5: everything lies under the tenant it belongs to. */
export function underItsTenant({ callLogs, events, files }: Evidence): Violation[] {
  const astray = events.filter((event) => {
    const ref = parseEventSubject(event.subject);
    const { tenant, aggregate, id } = event;
    return ref.tenant !== tenant || ref.aggregate !== aggregate || ref.id !== id;
  });
  const tenantOf = new Map(
    events.filter(({ aggregate }) => aggregate === 'call').map(({ id, tenant }) => [id, tenant]),
  );
  const foreign = callLogs.filter(({ _id, tenant }) => (tenantOf.get(_id) ?? tenant) !== tenant);
  const tenants = new Set(events.map(({ tenant }) => tenant));
  const homeless = [...files.keys()].filter((key) => !tenants.has(key.split('/')[0] ?? ''));
  return [
    ...astray.map(({ subject }) => of5(subject, 'holds an event of another aggregate')),
    ...foreign.map(({ _id }) => of5(_id, 'its document is of another tenant')),
    ...homeless.map((key) => of5(key, 'lies under no tenant of this log')),
  ];
}

function versions([subject, events]: [string, LoggedEvent[]]): Violation[] {
  const told = events.map(({ v }) => v);
  const isWhole = told.every((v, at) => v === at + 1);
  return isWhole ? [] : [violation(subject, `has the versions ${told.join(', ')}`)];
}

function begunOnce({ id, facts }: CallStory): Violation[] {
  const starts = facts.filter(({ type }) => type === 'call.started').length;
  if (starts === 1 && facts[0]?.type === 'call.started') return [];
  return [violation(id, `began ${starts} times, with ${facts[0]?.type}`)];
}

/** Those that came late, after a sweeper's end, are in order among themselves. */
function inOrder({ id, facts }: CallStory): Violation[] {
  const endAt = facts.findIndex(({ type }) => type === 'call.ended');
  const parts = endAt < 0 ? [facts] : [facts.slice(0, endAt + 1), facts.slice(endAt + 1)];
  return parts.flatMap((part) => {
    const moments = part
      .filter(({ type }) => type !== 'call.recording-stored')
      .map(({ occurredAt }) => Date.parse(occurredAt));
    const isSorted = moments.every((at, index) => at >= (moments[index - 1] ?? at));
    return isSorted ? [] : [violation(id, 'its facts are not in the order they happened')];
  });
}

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.has(id) || !seen.add(id));
}

const violation = (about: string, what: string): Violation => ({ invariant: 'I2', about, what });
const of5 = (about: string, what: string): Violation => ({ invariant: 'I5', about, what });
