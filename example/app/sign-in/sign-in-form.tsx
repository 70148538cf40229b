'use client';

import { useActionState } from 'react';
import { signIn } from './actions';

const errors = {
  name: 'Enter a name of 1 to 40 characters.',
  password: 'Wrong password. Please try again.',
};

export function SignInForm({ from }: { from: string }) {
  const [{ name, wrong }, action, pending] = useActionState(signIn, {});
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
      <p id="sign-in-error" role="alert" className="error">
        {wrong && errors[wrong]}
      </p>
      <button type="submit" className="primary" disabled={pending}>
        Sign in
      </button>
    </form>
  );
}
