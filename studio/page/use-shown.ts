import { useCallback, useLayoutEffect, useState } from 'preact/hooks';
import { type Show, type Shown, shownIn, textOf } from './shown.js';

const KEY = 'next-app-session-studio-shown';

/** Returns what is shown, and how to show something else. A reload of the page keeps it, in this tab alone. */
export function useShown(token: string): readonly [Shown, Show] {
  const [shown, setShown] = useState(() => shownIn(sessionStorage.getItem(KEY), token));
  // At once: the page may be left at any time.
  useLayoutEffect(() => sessionStorage.setItem(KEY, textOf(shown, token)), [shown, token]);
  const show = useCallback<Show>((change) => setShown((before) => ({ ...before, ...change })), []);
  return [shown, show];
}
