import { OpenStore } from '../../src/gateway/open-store.js';
import { beginOperation } from '../../src/gateway/operation.js';
import type { RequestContext } from '../../src/gateway/request-context.js';
import { systemClock } from '../../src/lib/clock.js';
import { Deadline } from '../../src/lib/deadline.js';
import { thisProcess } from '../../src/lib/host-process.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import { SessionChanges } from '../../src/repository/session-changes.js';
import { SessionIndex } from '../../src/repository/session-index.js';
import { SessionLimit } from '../../src/repository/session-limit.js';
import { SessionRef } from '../../src/repository/session-ref.js';
import { SessionRepository } from '../../src/repository/session-repository.js';
import { SessionWriter } from '../../src/repository/session-writer.js';
import { Telemetry } from '../../src/telemetry/telemetry.js';
import { WatchedStore } from '../faults/watched-store.js';
import type { SessionModule } from './session-modules.js';

/** The sessions of one session module, for the studio's own calls of one operation. */
export interface OpenedSessions {
  readonly options: ResolvedOptions;
  readonly context: RequestContext;
  readonly index: SessionIndex;
  readonly changes: SessionChanges;
  readonly repository: SessionRepository;
  /** All that comes of one call of `open` has one deadline. */
  refTo(key: string): Promise<SessionRef<null>>;
}

/**
 * Opens the sessions of modules, without faults and without telemetry, and by the system's clock: a store deletes what has expired by
 * the clock that it is told, and a look must end nothing.
 */
export class SessionsOpener {
  readonly #wrote: (name: string, key: string, record: string) => void;

  /** @param wrote is told of each write. */
  constructor(wrote: (name: string, key: string, record: string) => void) {
    this.#wrote = wrote;
  }

  async open({ options, openStore }: SessionModule): Promise<OpenedSessions> {
    const store = new WatchedStore(await openStore(), {
      isClockSet: false,
      intercept: (_operation, _key, call) => call(),
      wrote: (key, record) => this.#wrote(options.name, key, record),
    });
    const open = new OpenStore(store, options.storeTimeoutMs);
    const context: RequestContext = {
      clock: systemClock,
      process: thisProcess,
      telemetry: Telemetry.silent,
      openStore: () => open,
    };
    const index = new SessionIndex(options, context);
    const writer = new SessionWriter(options, index.entries, new SessionLimit(options, index));
    const changes = new SessionChanges(options, context, writer);
    const deadline = new Deadline(options.storeTimeoutMs);
    return {
      options,
      context,
      index,
      changes,
      repository: new SessionRepository(options, context),
      refTo: async (key) => {
        const operation = await beginOperation(context, deadline);
        return SessionRef.ofKey(options, operation, key);
      },
    };
  }
}
