import type { Clock } from '../../src/lib/clock.js';
import { hasExpired } from '../../src/record/record-time.js';
import {
  type CallOptions,
  callOptions,
  type IndexedSession,
  type LoadedRecord,
  type SessionRecord,
  type Store,
  storeName,
} from '../../src/store-contract/store.js';
import type { Accesses } from './accesses.js';
import { InterleavedProcess, type StepCall } from './interleaved-process.js';
import { RecordNames } from './record-names.js';

type RecordCall<T> = Pick<StepCall<T>, 'operation' | 'run'> & { readonly words: (result: T) => string };

/** Returns a store whose calls wait for the turn of the process that makes them. Those of no process are made at once. */
export function interleavedStore(inner: Store<object>, clock: Clock): Store<object> {
  const { atomic, users, touch } = inner;
  const names = new RecordNames();
  /** The options of a call when it comes to the store: the clock may have moved since it was made. */
  const onArrival = <Options extends CallOptions>(options: Options | undefined) =>
    ({ ...options, ...callOptions(clock) }) as Options;
  const step = <T>(call: StepCall<T>) =>
    InterleavedProcess.current()?.step(call) ?? Promise.resolve(call.run());
  /** Returns the names of a record that the running code uses. */
  const namesOf = (key: string) => names.of(key, InterleavedProcess.current()?.letter ?? 'no handler');

  /** Makes the words of a call say of which session, where there are several. */
  const about = (key: string, words: string) => {
    const number = names.numberOf(key);
    return number > 1 ? `${words} (session ${number})` : words;
  };
  // A record gets its name before its call waits, so whoever else uses it while the call waits finds the same name in each order.
  const read = <T>(key: string, { words, ...call }: RecordCall<T>) => {
    const named = namesOf(key);
    return step<T>({
      ...call,
      reads: key,
      use: (accesses) => accesses.read(...named),
      words: (result) => about(key, words(result)),
    });
  };
  const write = <T>(key: string, { words, ...call }: RecordCall<T>) => {
    const named = namesOf(key);
    return step<T>({
      ...call,
      // What the store refused has changed nothing.
      use: (accesses, result) => accesses[result === null ? 'read' : 'write'](...named),
      words: (result) => about(key, words(result)),
    });
  };
  const useSessions = (accesses: Accesses, found: readonly IndexedSession<object>[] = []) => {
    for (const { key } of found.flatMap(({ records }) => records)) {
      accesses.read(...namesOf(key));
    }
  };

  return {
    name: storeName(inner),
    hashIds: inner.hashIds,
    serializer: inner.serializer,
    get expiry() {
      return inner.expiry;
    },
    get: (key, options) =>
      read(key, { operation: 'get', run: () => inner.get(key, onArrival(options)), words: found }),
    set: (key, record, options) =>
      write(key, {
        operation: 'set',
        run: async () => (await inner.set(key, record, onArrival(options))) ?? true,
        words: () => wrote(record, clock),
      }),
    destroy: (key, options) =>
      write(key, {
        operation: 'destroy',
        run: async () => (await inner.destroy(key, onArrival(options))) ?? true,
        words: () => 'deleted',
      }),
    ...(touch && {
      touch: (key, record, options) =>
        write(key, {
          operation: 'touch',
          run: async () => (await touch.call(inner, key, record, onArrival(options))) ?? true,
          words: () => 'touched',
        }),
    }),
    ...(atomic && {
      atomic: {
        load: (key, options) =>
          read(key, { operation: 'get', run: () => atomic.load(key, onArrival(options)), words: found }),
        swap: (key, expected, record, options) =>
          write(key, {
            operation: 'set',
            run: () => atomic.swap(key, expected, record, onArrival(options)),
            words: (version) => (version === null ? 'came too late to write' : wrote(record, clock)),
          }),
      },
    }),
    ...(users && {
      users: {
        add: (user, entry, options) => {
          // The list leads others to the record before it is written.
          namesOf(entry.key);
          return step({
            operation: 'index',
            run: () => users.add(user, entry, onArrival(options)),
            use: (accesses) => accesses.write(`list ${user}`),
            words: (isAdded) => (isAdded ? 'added to the list of the user' : 'found itself revoked'),
          });
        },
        remove: (user, keys, options) =>
          step({
            operation: 'unindex',
            run: () => users.remove(user, keys, onArrival(options)),
            use: (accesses) => accesses.write(`list ${user}`),
            words: () => 'removed from the list of the user',
          }),
        list: (user, page, options) =>
          step({
            operation: 'list',
            run: () => users.list(user, page, onArrival(options)),
            use: (accesses, result) => {
              accesses.read(`list ${user}`);
              useSessions(accesses, result?.entries);
            },
            words: () => 'listed the sessions of the user',
          }),
        revoke: (user, choice, options) =>
          step({
            operation: 'revoke',
            run: () => users.revoke(user, choice, onArrival(options)),
            use: (accesses, result) => {
              accesses.write(`list ${user}`);
              useSessions(accesses, result);
            },
            words: () => 'revoked sessions of the user',
          }),
      },
    }),
  };
}

function found(result: SessionRecord<object> | LoadedRecord<object> | null | undefined): string {
  return result ? 'read' : 'found no session';
}

function wrote(record: SessionRecord<object>, clock: Clock): string {
  return hasExpired(record, callOptions(clock).now) ? 'deleted' : 'wrote';
}
