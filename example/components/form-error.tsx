import type { ReactNode } from 'react';

/** What went wrong, above the buttons: the one place for it in every form. Empty until there is something to say. */
export function FormError({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p id={id} role="alert" className="error">
      {children}
    </p>
  );
}
