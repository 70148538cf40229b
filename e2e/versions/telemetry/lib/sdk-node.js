import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';

/** The exporter of spans, its endpoint and its protocol come from OTEL_ variables. */
export function start() {
  new NodeSDK({
    serviceName: 'app',
    instrumentations: [new IORedisInstrumentation()],
    metricReaders: [
      new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter(), exportIntervalMillis: 200 }),
    ],
  }).start();
}
