/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { View } from './shown.js';

const SHOWN_MS = 4000;

/** Says what was done. */
export type Notify = (text: string) => void;

interface Notice {
  readonly text: string;
  /** The view that it is about. */
  readonly view: View;
}

/** Returns what the page says at its edge, for a few seconds or until another view is shown, and how to say something. */
export function useNotice(view: View): readonly [Notice | null, Notify] {
  const [notice, setNotice] = useState<Notice | null>(null);
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return [notice?.view === view ? notice : null, (text) => setNotice({ text, view })];
}

export function NoticeBar({ notice }: { readonly notice: Notice | null }) {
  return (
    <p role="status" class={notice ? 'notice' : 'hidden'}>
      {notice?.text}
    </p>
  );
}
