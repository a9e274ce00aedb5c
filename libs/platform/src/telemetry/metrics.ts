import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
} from 'prom-client';

const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30];

/** One Prometheus registry per process. Asking twice for a name gives the same metric. */
export class Metrics {
  readonly registry = new Registry();
  readonly httpSeconds: Histogram<'method' | 'route' | 'status'>;
  readonly rpcSeconds: Histogram<'side' | 'service' | 'verb' | 'outcome'>;
  readonly droppedLogFields: Counter;

  constructor(service: string, options: { readonly withDefaults?: boolean } = {}) {
    this.registry.setDefaultLabels({ service });
    if (options.withDefaults !== false) collectDefaultMetrics({ register: this.registry });
    this.httpSeconds = this.histogram({
      name: 'http_request_duration_seconds',
      help: 'Answered HTTP requests by route template.',
      labelNames: ['method', 'route', 'status'],
    });
    this.rpcSeconds = this.histogram({
      name: 'rpc_duration_seconds',
      help: 'Requests over NATS, asked and answered.',
      labelNames: ['side', 'service', 'verb', 'outcome'],
    });
    this.droppedLogFields = this.counter({
      name: 'log_fields_dropped_total',
      help: 'Log fields refused because they are not on the allow-list.',
    });
  }

  counter<Label extends string = string>(options: CounterConfiguration<Label>): Counter<Label> {
    return this.#known<Counter<Label>>(options.name) ?? new Counter(this.#own(options));
  }

  gauge<Label extends string = string>(options: GaugeConfiguration<Label>): Gauge<Label> {
    return this.#known<Gauge<Label>>(options.name) ?? new Gauge(this.#own(options));
  }

  histogram<Label extends string = string>(
    options: HistogramConfiguration<Label>,
  ): Histogram<Label> {
    const known = this.#known<Histogram<Label>>(options.name);
    return known ?? new Histogram(this.#own({ buckets: durationBuckets, ...options }));
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  print(): Promise<string> {
    return this.registry.metrics();
  }

  #known<M>(name: string): M | undefined {
    return this.registry.getSingleMetric(name) as M | undefined;
  }

  #own<O extends object>(options: O): O & { registers: Registry[] } {
    return { ...options, registers: [this.registry] };
  }
}
