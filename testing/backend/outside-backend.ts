import { SessionError } from '../../src/lib/errors.js';
import { prefixOf } from '../../src/options/cookie-names.js';
import { type Options, type ResolvedOptions, resolveOptions } from '../../src/options/options.js';
import { internalsOf } from '../../src/session-internals.js';
import type { Store } from '../../src/store-contract/store.js';
import { InspectableStore } from '../store/inspectable-store.js';
import { OutsideRun, type StoreSettings } from './outside-run.js';
import type { BackendConnection, SessionBackend, SessionSettings } from './session-backend.js';

/** A store that a worker has opened. */
export interface OpenStore {
  readonly store: Store;
  close(): Promise<void>;
}

/**
 * Makes a backend that reaches sessions in the store that the app uses, without the app.
 *
 * @param open opens the store, once in each worker.
 */
export function outsideBackend(open: () => Promise<OpenStore>, settings: StoreSettings): SessionBackend {
  return {
    async connect(ofApp): Promise<BackendConnection> {
      const options = resolveSettings(ofApp);
      const { store, close } = await open();
      return {
        startRun: async () => new OutsideRun(options, new InspectableStore(store), settings),
        close,
      };
    },
  };
}

function resolveSettings({ session, ...options }: SessionSettings<object>): ResolvedOptions {
  if (session) {
    const internals = internalsOf(session);
    if (internals) return internals.options;
    throw usageError('session is not what nextAppSession(…) returned. Pass `session` of lib/session.ts.');
  }
  const { name = 'sid', cookie } = options;
  if (!('secret' in options) && !('name' in options)) {
    throw usageError(
      'it has to sign cookies as the app does. Pass the `session` of the app, or name and secret.',
    );
  }
  // Secure is the default in production, where tests do not run. The prefixes demand it anywhere.
  const secure = cookie?.secure ?? [name].flat().some((one) => prefixOf(one) !== undefined);
  return resolveOptions({ ...options, cookie: { ...cookie, secure } } as Options);
}

export function usageError(what: string): SessionError {
  return new SessionError('ERR_SESSION_TESTING', `sessionFixtures: ${what}`);
}
