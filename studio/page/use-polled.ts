import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Connection } from './connection.js';

const EVERY_MS = 2000;

/** What the server answered last. `error` is set if it could not. */
export interface Polled<T> {
  readonly value: T | null;
  readonly error: string | null;
  /** Asks at once. */
  readonly ask: () => Promise<void>;
}

/** Asks the server for something, now and every two seconds. */
export function usePolled<T>(connection: Connection, path: string, call: string): Polled<T> {
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<string | null>(null);
  const ask = useCallback(async () => {
    try {
      setValue(await connection.call<T>(path, JSON.parse(call)));
      setError(null);
    } catch (failure) {
      setError((failure as Error).message);
    }
  }, [connection, path, call]);
  useEffect(() => {
    void ask();
    const timer = setInterval(ask, EVERY_MS);
    return () => clearInterval(timer);
  }, [ask]);
  return { value, error, ask };
}
