// What the library's telemetry is compared with, in its place: none at all, and the least that makes a span.
import { context, trace } from '@opentelemetry/api';

class NoTelemetry {
  static of() {
    return new this();
  }
  record() {}
  hashOf() {}
  begin() {}
}

/** A span a store call, as one would write it by hand: what is left is the SDK's own cost. */
class BareSpans extends NoTelemetry {
  begin({ store, operation }) {
    const span = trace
      .getTracer('bare')
      .startSpan(`session.${operation}`, { attributes: { store, operation } });
    return {
      run: (call) => context.with(trace.setSpan(context.active(), span), call),
      end: () => span.end(),
    };
  }
}

const STAND_INS = { 'code without telemetry': NoTelemetry, 'sampled, a bare span': BareSpans };

/** Before the library is loaded: its module of telemetry is another, where the case wants that. */
export function replaceTelemetry(name, require) {
  const Telemetry = STAND_INS[name];
  if (!Telemetry) return;
  const file = require.resolve('../../dist/cjs/src/telemetry/telemetry.js');
  require.cache[file] = { id: file, filename: file, loaded: true, exports: { Telemetry } };
}
