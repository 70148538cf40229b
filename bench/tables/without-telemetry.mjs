// The library with its telemetry taken out, to compare with.
class Telemetry {
  record() {}
  observeStore(name) {
    return { name, observe() {} };
  }
}

/** Before the library is loaded: its module of this name is an empty one. */
export function takeOutTelemetry(require) {
  const file = require.resolve('../../dist/cjs/src/telemetry.js');
  require.cache[file] = { id: file, filename: file, loaded: true, exports: { Telemetry } };
}
