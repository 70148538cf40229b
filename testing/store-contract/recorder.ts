import type { HistoryChange, HistoryOperation } from '../history/history.js';
import { LONG_MS, recordOf } from './records.js';
import type { TimedStore } from './timed-store.js';

/** What a client calls. */
export type Call = 'get' | 'load' | 'set' | 'swap' | 'destroy' | 'touch';

/** Where clients record what they do, and by which clock. */
interface Recording {
  readonly history: HistoryOperation[];
  /** The time, in milliseconds. */
  now(): number;
}

/** A client of the store under test, which records what it does and sees. */
export class RecordingClient {
  readonly #store: TimedStore;
  readonly #name: string;
  readonly #history: HistoryOperation[];
  readonly #now: () => number;
  #writes = 0;
  /** The version and the value that it knows, of the last `load` or `swap`. */
  #known: { version: string | null; value: string | null } = { version: null, value: null };

  constructor(store: TimedStore, name: string, { history, now }: Recording) {
    this.#store = store;
    this.#name = name;
    this.#history = history;
    this.#now = now;
  }

  /** @param lifetimeMs how long what it writes lives. Without it, longer than the test */
  async call(call: Call, key: string, lifetimeMs?: number): Promise<void> {
    const store = this.#store;
    const called = this.#now();
    const ending = lifetimeMs === undefined ? {} : { until: called + lifetimeMs };
    const record = (value: string) => recordOf({ value }, lifetimeMs ?? LONG_MS);
    const at = { key, process: this.#name, called };
    const done = (change: HistoryChange, outcome: 'ok' | 'refused' = 'ok') =>
      this.#history.push({ ...at, ...change, outcome, returned: this.#now() });
    const saw = (value: string | null) =>
      this.#history.push({ ...at, kind: 'read', saw: value, outcome: 'ok', returned: this.#now() });
    switch (call) {
      case 'get':
        saw(valueIn(await store.get(key)));
        return;
      case 'load': {
        const loaded = await store.atomic?.load(key);
        this.#known = { version: loaded?.version ?? null, value: valueIn(loaded?.record ?? null) };
        saw(this.#known.value);
        return;
      }
      case 'set': {
        const value = this.#newValue();
        await store.set(key, record(value));
        done({ kind: 'write', value, ...ending });
        return;
      }
      case 'swap': {
        const to = this.#newValue();
        const { version, value: from } = this.#known;
        const next = (await store.atomic?.swap(key, version, record(to))) ?? null;
        done({ kind: 'swap', from, to, ...ending }, next === null ? 'refused' : 'ok');
        if (next !== null) this.#known = { version: next, value: to };
        return;
      }
      case 'destroy':
        await store.destroy(key);
        done({ kind: 'remove' });
        return;
      case 'touch':
        await store.touch?.(key, record(''));
        done({ kind: 'touch', ...ending });
    }
  }

  /** Returns a value that no other write has. */
  #newValue(): string {
    return `${this.#name}${++this.#writes}`;
  }
}

function valueIn(record: object | null): string | null {
  if (record === null) return null;
  return 'value' in record ? String(record.value) : 'a record without the value';
}
