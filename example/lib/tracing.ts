import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { recentSpans } from './recent-spans';

/** Any OpenTelemetry SDK will do: the library finds it by itself. This one keeps the last spans for /traces. */
export function startTracing() {
  new NodeTracerProvider({ spanProcessors: [recentSpans()] }).register();
  const drivers = [new IORedisInstrumentation(), new PgInstrumentation()];
  registerInstrumentations({ instrumentations: drivers });
}
