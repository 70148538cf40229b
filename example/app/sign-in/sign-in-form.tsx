'use client';

import { useActionState } from 'react';
import { FormError } from '@/components/form-error';
import { type FormErrorName, formErrors } from '@/lib/form';
import { signIn } from './actions';

export function SignInForm({ from, wrong: before }: { from: string; wrong: FormErrorName | undefined }) {
  const [{ name, wrong }, action, pending] = useActionState(signIn, { wrong: before });
  return (
    <form action={action} noValidate>
      <input type="hidden" name="from" value={from} />
      <div className="field">
        <label htmlFor="name">Name</label>
        <input
          id="name"
          name="name"
          defaultValue={name}
          maxLength={40}
          autoComplete="username"
          required
          aria-invalid={wrong === 'name'}
          aria-describedby="sign-in-error"
        />
      </div>
      <div className="field">
        <label htmlFor="password">Password</label>
        <input
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          aria-invalid={wrong === 'password'}
          aria-describedby="password-hint sign-in-error"
        />
        <p id="password-hint" className="hint">
          Any name will do. The password is <code>demo</code>.
        </p>
      </div>
      <FormError id="sign-in-error">{wrong && formErrors[wrong]}</FormError>
      <button type="submit" className="primary" disabled={pending}>
        Sign in
      </button>
    </form>
  );
}
