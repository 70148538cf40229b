/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';

interface Props {
  /** What it is, for those who cannot see it. */
  readonly label: string;
  readonly title: ComponentChildren;
  /** What went wrong; null if nothing did. It stays in view. */
  readonly problem: string | null;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

/** What was chosen from a list, in full: beside the list, below it, or in its place on a phone. */
export function Detail({ label, title, problem, onClose, children }: Props) {
  return (
    <section class="detail" aria-label={label}>
      <div class="top">
        <div class="title">
          <button type="button" class="plain close" onClick={onClose}>
            <span class="on-phones">← Back</span>
            <span class="elsewhere" aria-hidden="true">
              ×
            </span>
            <span class="hidden elsewhere">Close</span>
          </button>
          <h2>{title}</h2>
        </div>
        {problem !== null && (
          <p class="warning" role="alert">
            {problem}
          </p>
        )}
      </div>
      {children}
    </section>
  );
}
