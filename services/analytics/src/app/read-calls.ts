import { traceNameOf, type callRoutes, type Envelope } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { RequestContext } from '@trunkline/platform';
import type { z } from 'zod';
import { callLogs } from '../views/call-log.js';
import type { CallLogDocument } from '../views/call-log-document.js';
import { findCallLog, listCallLogs } from '../views/find-call-logs.js';
import type { AnalyticsApp } from './analytics-app.js';

type Answer<Route extends { readonly answer: z.ZodType }> = z.input<Route['answer']>;
type Query = z.output<NonNullable<typeof callRoutes.listCalls.query>>;

const BUCKET = 'recordings';

export async function listCalls(
  app: AnalyticsApp,
  context: RequestContext,
  query: Query,
): Promise<Answer<typeof callRoutes.listCalls>> {
  const page = await listCallLogs(app.mongo, context.principal.tenant, query);
  return { calls: page.items.map(summaryOf), nextCursor: page.nextCursor };
}

export async function getCall(
  app: AnalyticsApp,
  context: RequestContext,
  id: string,
): Promise<Answer<typeof callRoutes.getCall>> {
  const doc = await callOf(app, context, id);
  const { disposition, lines, turns, recording, analysis } = doc;
  return {
    ...summaryOf(doc),
    disposition,
    transcript: [...lines].toSorted((one, other) => one.startedMs - other.startedMs),
    turns: [...turns],
    recording: recording && recordingOf(recording),
    analysis,
  };
}

export async function getRecording(
  app: AnalyticsApp,
  context: RequestContext,
  id: string,
): Promise<Answer<typeof callRoutes.getRecording>> {
  const { recording } = await callOf(app, context, id);
  const [mono = null, stereo = null, peaks = null] = await Promise.all(
    [recording?.mono, recording?.stereo, recording?.peaks].map((key) => linkTo(app, key)),
  );
  const expiresAt = mono && new Date(Date.now() + app.linkTtlMs).toISOString();
  return { status: recording?.status ?? 'none', mono, stereo, peaks, expiresAt };
}

/** Row E19. */
export async function getCallLog(
  app: AnalyticsApp,
  context: RequestContext,
  id: string,
): Promise<Answer<typeof callRoutes.getCallLog>> {
  const { lines, recording, durationMs } = await callOf(app, context, id);
  const transcript = [...lines]
    .toSorted((one, other) => one.startedMs - other.startedMs)
    .map(({ who, text }) => `${who}: ${text}`)
    .join('\n');
  return {
    call_id: id,
    download_url: await linkTo(app, recording?.mono),
    transcript,
    duration: durationMs === null ? null : durationMs / 1000,
  };
}

/** Rows O21, O22: the call as it happened, under the names of the systems we replace too. */
export async function getCallEvents(
  app: AnalyticsApp,
  context: RequestContext,
  id: string,
): Promise<Answer<typeof callRoutes.getCallEvents>> {
  const events = await eventsOf(app, context, id);
  if (events.length === 0) throw new AppError('request.not-found');
  return {
    events: events.map(({ v, type, occurredAt, data }) => ({
      ...{ v, type, name: traceNameOf(type), at: occurredAt },
      data: data as Record<string, z.core.util.JSONType>,
    })),
  };
}

/** A call that was just made may not be in the read model yet; the log always knows it. */
async function callOf(
  app: AnalyticsApp,
  context: RequestContext,
  id: string,
): Promise<CallLogDocument> {
  const found = await findCallLog(app.mongo, context.principal.tenant, id);
  if (found) return found;
  const events = await eventsOf(app, context, id);
  const doc = events.reduce<CallLogDocument | undefined>(
    (before, event) => callLogs.project(before, event),
    undefined,
  );
  if (!doc) throw new AppError('request.not-found');
  return doc;
}

/** What happened to a call, whoever wrote it down, in the order it happened. */
async function eventsOf(
  app: AnalyticsApp,
  { principal, signal }: RequestContext,
  id: string,
): Promise<Envelope[]> {
  const { tenant } = principal;
  const histories = await Promise.all(
    callLogs.definition.aggregates.map((aggregate) =>
      app.store.load({ tenant, aggregate, id }, { signal }),
    ),
  );
  return histories
    .flatMap(({ events }) => events)
    .toSorted((one, other) => compare(one.occurredAt, other.occurredAt));
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

async function linkTo(app: AnalyticsApp, key: string | null | undefined): Promise<string | null> {
  if (!key) return null;
  return app.objects.presignGet({ bucket: BUCKET, name: key }, app.linkTtlMs);
}

function recordingOf(recording: NonNullable<CallLogDocument['recording']>) {
  const { status, durationMs, sizeBytes, sha256 } = recording;
  return { status, durationMs, sizeBytes, sha256 };
}

function summaryOf(doc: CallLogDocument) {
  const { _id: id, kind, direction, status, agent, version, mode, from, to, campaign } = doc;
  const { endReason, endSide, createdAt, startedAt, endedAt, durationMs } = doc;
  const { escalated, costMicros } = doc;
  return {
    ...{ id, kind, direction, status, agent, version, mode, from, to, campaign },
    ...{ endReason, endSide, createdAt, startedAt, endedAt, durationMs, escalated, costMicros },
  };
}
