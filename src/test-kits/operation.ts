import type { LifeEvent } from '../events/session-event.js';
import { OpenStore } from '../gateway/open-store.js';
import type { Operation } from '../gateway/operation.js';
import { systemClock } from '../lib/clock.js';
import { Deadline } from '../lib/deadline.js';
import { thisProcess } from '../lib/host-process.js';
import { type Options, resolveOptions } from '../options/options.js';
import type { Store } from '../store-contract/store.js';
import { Telemetry } from '../telemetry/telemetry.js';
import type { CallEnd, TelemetrySink } from '../telemetry/telemetry-sink.js';

/** A call of a store, as telemetry is told of it. */
interface SeenCall extends CallEnd {
  readonly operation: string;
}

/** Begins an operation on a store in a process that knows no other, and collects what telemetry is told of it. */
export function operationOn(store: Store<object>, options: Options = {}, ms = 5000) {
  const calls: SeenCall[] = [];
  const events: { event: LifeEvent; hash: string | undefined }[] = [];
  const sink: TelemetrySink = {
    begin: ({ event }) => ({
      end: (end) => calls.push({ ...end, operation: 'operation' in event ? event.operation : event.type }),
    }),
    event: (event, hash) => events.push({ event, hash }),
  };
  const resolved = resolveOptions({ secret: 'a secret', sessionHash: true, ...options });
  const open = new OpenStore(store, ms);
  const operation: Operation = {
    context: {
      clock: systemClock,
      process: { ...thisProcess, shared: {} },
      telemetry: Telemetry.of(resolved).with([sink]),
      openStore: () => open,
    },
    open,
    deadline: new Deadline(ms),
  };
  /** Returns the operation and the outcome of each call so far. */
  const outcomes = () => calls.map((call) => `${call.operation} ${call.outcome}`);
  return { options: resolved, operation, calls, events, outcomes };
}
