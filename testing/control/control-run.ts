import type { StoreOperation } from '../../src/events/session-event.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import type { Store } from '../../src/store-contract/store.js';
import type { RecordedSpan } from '../../src/telemetry/recording-sink.js';
import type { TestOverrides } from '../../src/test-seam/test-overrides.js';
import type { BackendRun, FaultOptions } from '../backend/session-backend.js';
import { StoreRun } from '../backend/store-run.js';
import { InspectableStore } from '../store/inspectable-store.js';
import { RecordedTelemetry } from '../store/record-telemetry.js';

/** The run of one test, within the app. Records the store calls of its requests, and can make them fail. */
export class ControlRun extends StoreRun implements BackendRun {
  /** The test overrides that the test's requests run with. */
  readonly overrides: TestOverrides;
  readonly #telemetry = new RecordedTelemetry();

  constructor(options: ResolvedOptions, store: Store<object>) {
    super(options, new InspectableStore(store));
    this.overrides = {
      store: (name) => (name === options.name ? this.store : undefined),
      sink: this.#telemetry.sink,
    };
  }

  async fail(operation: StoreOperation, options: FaultOptions): Promise<void> {
    this.store.fail(operation, options);
  }

  async delay(operation: StoreOperation, ms: number): Promise<void> {
    this.store.delay(operation, ms);
  }

  async spans(): Promise<readonly RecordedSpan[]> {
    return this.#telemetry.spans();
  }
}
