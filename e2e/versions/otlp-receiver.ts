import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code?: number; readonly message?: string };
}

/** A point of a metric: what one set of labels has come to. */
export interface ExportedPoint {
  readonly metric: string;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly count: number;
}

/** What a collector is to an app: takes traces and metrics by OTLP over HTTP, as JSON. */
export class OtlpReceiver {
  readonly url: string;
  readonly spans: ExportedSpan[] = [];
  /** As last exported: metrics are cumulative. */
  points: readonly ExportedPoint[] = [];
  /** Everything that came, as it came. */
  text = '';
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', async (request, response) => {
      const body = await textOf(request);
      response.setHeader('content-type', 'application/json').end('{}');
      this.text += body;
      if (request.url === '/v1/traces') this.spans.push(...spansOf(JSON.parse(body)));
      if (request.url === '/v1/metrics') this.points = pointsOf(JSON.parse(body));
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new OtlpReceiver(server);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** The variables by which an app finds this, and exports soon. */
  get settings(): Record<string, string> {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: this.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    };
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
type Wire<T> = { readonly scope: { readonly name: string } } & T;
type WireSpan = Omit<ExportedSpan, 'scope' | 'attributes'> & { readonly attributes: readonly Attribute[] };
interface WirePoint {
  readonly attributes: readonly Attribute[];
  readonly count?: string | number;
  readonly asInt?: string | number;
  readonly asDouble?: number;
}
interface WireMetric {
  readonly name: string;
  readonly sum?: { readonly dataPoints: readonly WirePoint[] };
  readonly histogram?: { readonly dataPoints: readonly WirePoint[] };
}

function spansOf(body: {
  resourceSpans: readonly { scopeSpans: readonly Wire<{ spans: readonly WireSpan[] }>[] }[];
}): ExportedSpan[] {
  return body.resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ scope, spans }) =>
      spans.map((span) => ({ ...span, scope: scope.name, attributes: attributesOf(span) })),
    );
}

function pointsOf(body: {
  resourceMetrics: readonly { scopeMetrics: readonly Wire<{ metrics: readonly WireMetric[] }>[] }[];
}): ExportedPoint[] {
  return body.resourceMetrics
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ metrics }) => metrics)
    .flatMap(({ name, sum, histogram }) =>
      [...(sum?.dataPoints ?? []), ...(histogram?.dataPoints ?? [])].map((point) => ({
        metric: name,
        labels: attributesOf(point),
        count: Number(point.count ?? point.asInt ?? point.asDouble),
      })),
    );
}

function attributesOf({ attributes }: { attributes: readonly Attribute[] }): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
