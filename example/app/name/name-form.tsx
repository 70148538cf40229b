'use client';

import { useActionState } from 'react';
import { FormError } from '@/components/form-error';
import { formErrors } from '@/lib/form';
import { saveName } from './actions';

export function NameForm({ name }: { name: string | null }) {
  const [{ saved, wrong }, action, pending] = useActionState(saveName, {});
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
          aria-invalid={wrong !== undefined}
          aria-describedby="name-error"
        />
      </div>
      <FormError id="name-error">{wrong && formErrors[wrong]}</FormError>
      <button type="submit" className="primary" disabled={pending}>
        Save name
      </button>
      <p role="status" className="status">
        {saved !== undefined && saved === name && 'Saved in your session.'}
      </p>
    </form>
  );
}
