'use client';

import { rename } from './actions';

export function NameForm({ name }) {
  return (
    <form action={rename}>
      <p>client: {String(name)}</p>
      <input name="name" />
      <button type="submit">Rename</button>
    </form>
  );
}
