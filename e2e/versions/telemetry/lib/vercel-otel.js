import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { registerOTel } from '@vercel/otel';

export function start() {
  registerOTel({
    serviceName: 'app',
    instrumentations: [new IORedisInstrumentation()],
    // Without a reader @vercel/otel collects no metrics.
    metricReaders: [
      new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter(), exportIntervalMillis: 200 }),
    ],
  });
}
