import { hasExpired } from '../../src/record/record-time.js';
import {
  type CallOptions,
  callOptions,
  type IndexedSession,
  type LoadedRecord,
  type SessionRecord,
  type Store,
} from '../../src/store-contract/store.js';
import type { InspectableStore } from '../store/inspectable-store.js';
import type { Accesses } from './accesses.js';
import type { InterleavedProcess, StepCall } from './interleaved-process.js';
import type { RecordNames } from './record-names.js';

type RecordCall<T> = Pick<StepCall<T>, 'operation' | 'run'> & { readonly words: (result: T) => string };

/** Returns the store as one process sees it: each call waits for the turn of the process. */
export function interleavedStore(
  inner: InspectableStore,
  process: InterleavedProcess,
  names: RecordNames,
): Store<object> {
  const { atomic, users, touch } = inner;
  /** The options of a call when it comes to the store: the clock may have moved since it was made. */
  const onArrival = <Options extends CallOptions>(options: Options | undefined) =>
    ({ ...options, ...callOptions(inner.clock) }) as Options;

  /** Makes the words of a call say of which session, where there are several. */
  const about = (key: string, words: string) => {
    const number = names.numberOf(key);
    return number > 1 ? `${words} (session ${number})` : words;
  };
  // A record gets its name before its call waits, so whoever else uses it while the call waits finds the same name in each order.
  const read = <T>(key: string, { words, ...call }: RecordCall<T>) => {
    const named = names.of(key, process.letter);
    return process.step<T>({
      ...call,
      reads: key,
      use: (accesses) => accesses.read(...named),
      words: (result) => about(key, words(result)),
    });
  };
  const write = <T>(key: string, { words, ...call }: RecordCall<T>) => {
    const named = names.of(key, process.letter);
    return process.step<T>({
      ...call,
      // What the store refused has changed nothing.
      use: (accesses, result) => accesses[result === null ? 'read' : 'write'](...named),
      words: (result) => about(key, words(result)),
    });
  };
  const useSessions = (accesses: Accesses, found: readonly IndexedSession<object>[] = []) => {
    for (const { key } of found.flatMap(({ records }) => records)) {
      accesses.read(...names.of(key, process.letter));
    }
  };

  return {
    name: inner.name,
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
        words: () => wrote(record, inner),
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
            words: (version) => (version === null ? 'came too late to write' : wrote(record, inner)),
          }),
      },
    }),
    ...(users && {
      users: {
        add: (user, entry, options) => {
          // The list leads others to the record before it is written.
          names.of(entry.key, process.letter);
          return process.step({
            operation: 'index',
            run: () => users.add(user, entry, onArrival(options)),
            use: (accesses) => accesses.write(`list ${user}`),
            words: (isAdded) => (isAdded ? 'added to the list of the user' : 'found itself revoked'),
          });
        },
        remove: (user, keys, options) =>
          process.step({
            operation: 'unindex',
            run: () => users.remove(user, keys, onArrival(options)),
            use: (accesses) => accesses.write(`list ${user}`),
            words: () => 'removed from the list of the user',
          }),
        list: (user, page, options) =>
          process.step({
            operation: 'list',
            run: () => users.list(user, page, onArrival(options)),
            use: (accesses, result) => {
              accesses.read(`list ${user}`);
              useSessions(accesses, result?.entries);
            },
            words: () => 'listed the sessions of the user',
          }),
        revoke: (user, choice, options) =>
          process.step({
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

function wrote(record: SessionRecord<object>, { clock }: InspectableStore): string {
  return hasExpired(record, callOptions(clock).now) ? 'deleted' : 'wrote';
}
