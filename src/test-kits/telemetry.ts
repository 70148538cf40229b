import { context, metrics, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

/** The tracing of an app, registered until `unregister()`. */
export class Tracing {
  readonly #exporter = new InMemorySpanExporter();
  readonly #provider: NodeTracerProvider;

  constructor({ sampled = true } = {}) {
    this.#provider = new NodeTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(this.#exporter)],
      ...(!sampled && { sampler: new AlwaysOffSampler() }),
    });
    this.#provider.register();
  }

  get spans(): ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  unregister(): void {
    trace.disable();
    context.disable();
  }
}

/** A point of a metric: its labels and its count. */
export interface Point {
  readonly labels: Readonly<Record<string, unknown>>;
  /** The sum of a counter, or the number of values in a histogram. */
  readonly count: number;
}

/** The metrics of an app, registered until `unregister()`. */
export class Metering {
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({
    exporter: this.#exporter,
    exportIntervalMillis: 1_000_000,
    exportTimeoutMillis: 1000,
  });

  constructor() {
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [this.#reader] }));
  }

  /** Returns the current points of a metric. */
  async points(metric: string): Promise<Point[]> {
    await this.#reader.forceFlush();
    const all =
      this.#exporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
    return all
      .filter(({ descriptor }) => descriptor.name === metric)
      .flatMap(({ dataPoints }) =>
        dataPoints.map(({ attributes, value }) => ({
          labels: attributes,
          count: typeof value === 'number' ? value : (value as { count: number }).count,
        })),
      );
  }

  unregister(): void {
    metrics.disable();
  }
}
