/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';

const SHOWN_MS = 5000;

/** Says what was done. */
export type Notify = (text: string) => void;

interface Notice {
  readonly text: string;
}

/** Returns what the page says at its edge, for a few seconds, and how to say something. */
export function useNotice(): readonly [Notice | null, Notify] {
  const [notice, setNotice] = useState<Notice | null>(null);
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return [notice, (text) => setNotice({ text })];
}

export function NoticeBar({ notice }: { readonly notice: Notice | null }) {
  return (
    <p role="status" class={notice ? 'notice' : 'hidden'}>
      {notice?.text}
    </p>
  );
}
