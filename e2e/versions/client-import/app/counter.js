'use client';

import { isSignedOut, session } from '../lib/session';

export function Counter() {
  const count = () => session().set('n', 1).catch(isSignedOut);
  return (
    <button type="button" onClick={count}>
      Count
    </button>
  );
}
