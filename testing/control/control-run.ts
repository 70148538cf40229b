import type { StoreOperation } from '../../src/events/session-event.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import type { Store } from '../../src/store-contract/store.js';
import { METRICS } from '../../src/telemetry/metrics.js';
import type { RecordedSpan } from '../../src/telemetry/recording-sink.js';
import type { TestOverrides } from '../../src/test-seam/test-overrides.js';
import type { BackendRun, FaultOptions } from '../backend/session-backend.js';
import { OTHER_SECRET, type SignIn } from '../backend/sign-in.js';
import { StoreRun } from '../backend/store-run.js';
import { InspectableStore } from '../store/inspectable-store.js';
import { RecordedTelemetry } from '../store/record-telemetry.js';

const OTHER_APP =
  'The app that answered the browser is not the one that opened the session test server: no request of the test reached that ' +
  'one. Does use.baseURL lead to the app of webServer, or to one that was started before?';

function unread(name: string): string {
  return (
    `The app answered the browser and did not read the session "${name}". Does the page use it, and is it rendered for each ` +
    'request? If the app has several sessions, choose the one that the page uses: sessionFixtures({ name, backend }).'
  );
}

/** The run of one test, within the app. Records the store calls of its requests, and can make them fail. */
export class ControlRun extends StoreRun implements BackendRun {
  readonly #overrides: TestOverrides;
  readonly #telemetry = new RecordedTelemetry();
  #requests = 0;

  constructor(options: ResolvedOptions, store: Store<object>) {
    super(options, new InspectableStore(store));
    this.#overrides = {
      store: (name) => (name === options.name ? this.store : undefined),
      sinks: [this.#telemetry.sink],
    };
  }

  /** Begins a request of the test. Returns the test overrides that it runs with. */
  request(): TestOverrides {
    this.#requests++;
    return this.#overrides;
  }

  /** Returns why the app did not accept a session of the test; null if it did, or if nothing shows that it did not. */
  async explain({ given, requests }: SignIn): Promise<string | null> {
    if (requests === 0 || !(await this.live(given))) return null;
    if (this.#requests === 0) return OTHER_APP;
    if (this.store.calls.some(({ operation }) => operation === 'get')) return null;
    return this.#telemetry.measurements(METRICS.cookieRejected.name).length > 0
      ? OTHER_SECRET
      : unread(String(this.cookieNames[0]));
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
