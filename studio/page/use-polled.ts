import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Connection } from './connection.js';

const EVERY_MS = 2000;

/** What the server answered last. `error` is set if it could not. */
export interface Polled<T> {
  /** Undefined before the first answer. */
  readonly value: T | undefined;
  readonly error: string | null;
  /** Asks at once. */
  readonly ask: () => Promise<void>;
}

/** Asks the server for something, now and two seconds after each answer. A page that nobody looks at does not ask. */
export function usePolled<T>(connection: Connection, path: string, call: string): Polled<T> {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<string | null>(null);
  const last = useRef(0);
  const ask = useCallback(async () => {
    last.current += 1;
    const mine = last.current;
    const answer = await connection.call<T>(path, JSON.parse(call)).then(
      (result) => ({ value: result, error: null }),
      (failure: Error) => ({ error: failure.message }),
    );
    // An answer that was overtaken by a later one is out of date.
    if (mine !== last.current) return;
    if ('value' in answer) setValue(answer.value);
    setError(answer.error);
  }, [connection, path, call]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const poll = async () => {
      if (!document.hidden) await ask();
      if (!isOver) timer = setTimeout(poll, EVERY_MS);
    };
    void poll();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [ask]);
  return { value, error, ask };
}
