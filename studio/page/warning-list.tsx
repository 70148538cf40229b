/** @jsxImportSource preact */
import type { SeenWarning } from '../seen/seen-request.js';

const DOCS = 'https://github.com/sweetscript/next-app-session/blob/main/docs/';

/** Warnings of the library, each with the page that explains it. */
export function WarningList({ warnings }: { readonly warnings: readonly SeenWarning[] }) {
  return warnings.map(({ text, guide }) => (
    <p class="warning" key={text}>
      {text.charAt(0).toUpperCase() + text.slice(1)}{' '}
      <a href={DOCS + guide} target="_blank" rel="noreferrer">
        Read more
      </a>
    </p>
  ));
}
