'use client';

import { useActionState } from 'react';
import { saveName } from './actions';

export function NameForm({ name }: { name: string | null }) {
  const [state, action, pending] = useActionState(saveName, {});
  return (
    <form action={action} noValidate>
      <div className="field">
        <label htmlFor="name">Your name</label>
        <input
          id="name"
          name="name"
          defaultValue={name ?? ''}
          maxLength={40}
          autoComplete="given-name"
          required
          aria-invalid={state.error !== undefined}
          aria-describedby="name-status"
        />
      </div>
      <button type="submit" className="primary" disabled={pending}>
        Save name
      </button>
      <p id="name-status" role="status" className={state.error ? 'error' : 'status'}>
        {state.error ?? (state.saved === name && 'Saved in your session.')}
      </p>
    </form>
  );
}
