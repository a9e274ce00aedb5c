import {
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  context,
  trace,
  type Context,
  type SpanKind,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';

export interface TracingOptions {
  readonly service: string;
  /** Empty: off, unless a processor is given. */
  readonly endpoint: string;
  readonly samplePercent?: number;
  /** Instead of the exporter: tests. */
  readonly processor?: SpanProcessor;
}

export interface Tracing {
  shutdown(): Promise<void>;
}

/** Turns the no-op tracer of the API into a real one, once per process. */
export function startTracing(options: TracingOptions): Tracing {
  const processor = options.processor ?? processorFor(options.endpoint);
  if (!processor) return { shutdown: () => Promise.resolve() };
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.service }),
    sampler: new ParentBasedSampler({
      root: new TraceIdRatioBasedSampler((options.samplePercent ?? 100) / 100),
    }),
    spanProcessors: [processor],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return {
    async shutdown() {
      await provider.shutdown();
      trace.disable();
      context.disable();
    },
  };
}

function processorFor(endpoint: string): SpanProcessor | undefined {
  if (endpoint === '') return undefined;
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: 5000 });
  return new BatchSpanProcessor({ exporter, maxQueueSize: 2048, exportTimeoutMillis: 5000 });
}

export interface SpanOptions {
  readonly name: string;
  readonly kind: SpanKind;
  /** Names and codes only: traces leave the house. */
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** The caller's `traceparent`; without one the current span is the parent. */
  readonly traceparent?: string | undefined;
}

export async function inSpan<T>(options: SpanOptions, work: () => Promise<T>): Promise<T> {
  const parent = options.traceparent ? parseTraceparent(options.traceparent) : context.active();
  const span = trace
    .getTracer('trunkline')
    .startSpan(options.name, { kind: options.kind, attributes: options.attributes ?? {} }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

export function currentTraceId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().traceId;
}

/** W3C trace context, written by hand: two fields do not need a propagator. */
export function currentTraceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span || /^0+$/.test(span.traceId)) return undefined;
  const flags = (span.traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0');
  return `00-${span.traceId}-${span.spanId}-${flags}`;
}

const traceparentPattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Anything malformed starts a trace of its own. */
export function parseTraceparent(header: string): Context {
  const [, traceId, spanId, flags] = traceparentPattern.exec(header) ?? [];
  if (!traceId || !spanId || !flags || /^0+$/.test(traceId) || /^0+$/.test(spanId)) {
    return ROOT_CONTEXT;
  }
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
