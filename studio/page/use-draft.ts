import { useState } from 'preact/hooks';
import type { SessionContent } from '../seen/seen-session.js';

/** What the user has changed of a session, and what that began with. */
interface Draft {
  readonly base: SessionContent;
  readonly data: object;
}

const drafts = new Map<string, Draft>();

/** Returns the draft of a session, and how to replace it. It waits while something else is shown, until the page is left. */
export function useDraft(handle: string): readonly [Draft | null, (draft: Draft | null) => void] {
  const [draft, setDraft] = useState(() => drafts.get(handle) ?? null);
  const keep = (next: Draft | null) => {
    if (next) drafts.set(handle, next);
    else drafts.delete(handle);
    setDraft(next);
  };
  return [draft, keep];
}
