import { afterEach, describe, expect, it } from '@jest/globals';
import { SpanKind, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import {
  currentTraceId,
  currentTraceparent,
  inSpan,
  parseTraceparent,
  startTracing,
  type Tracing,
} from './tracing.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const good = `00-${traceId}-b7ad6b7169203331-01`;
const span = { name: 'work', kind: SpanKind.INTERNAL };

describe('traces', () => {
  let tracing: Tracing | undefined;
  afterEach(() => tracing?.shutdown());

  function start(): InMemorySpanExporter {
    const exporter = new InMemorySpanExporter();
    const processor = new SimpleSpanProcessor({ exporter });
    tracing = startTracing({ service: 'test', endpoint: '', processor });
    return exporter;
  }

  it('are off without an endpoint', async () => {
    tracing = startTracing({ service: 'test', endpoint: '' });
    await inSpan({ ...span, traceparent: undefined }, async () => {
      expect(currentTraceparent()).toBeUndefined();
      expect(currentTraceId()).toBeUndefined();
    });
  });

  it('go on from the caller’s and hand themselves on', async () => {
    const exporter = start();
    await inSpan({ ...span, traceparent: good }, async () => {
      expect(currentTraceId()).toBe(traceId);
      expect(currentTraceparent()).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
      expect(currentTraceparent()).not.toBe(good);
    });
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });

  it('respect that the caller does not sample', async () => {
    const exporter = start();
    await inSpan({ ...span, traceparent: good.replace(/01$/, '00') }, async () => {
      expect(currentTraceparent()).toMatch(/-00$/);
    });
    expect(exporter.getFinishedSpans()).toHaveLength(0);
  });

  it.each([
    '',
    'x',
    good.toUpperCase(),
    good.slice(1),
    `${good}-x`,
    good.replace(traceId, '0'.repeat(32)),
  ])('start anew on %j', (header) => {
    expect(trace.getSpanContext(parseTraceparent(header))).toBeUndefined();
  });
});
