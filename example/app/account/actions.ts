'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { session } from '@/lib/session';

export async function endSession(form: FormData) {
  // The handle of another user's session ends nothing.
  await session.user(await signedInUser()).revoke(String(form.get('handle')));
  refresh();
}

export async function endOtherSessions() {
  await session.user(await signedInUser()).revokeOthers();
  refresh();
}

/** Returns the user as the option `user` does. Whose sessions are ended is never asked of the browser. */
async function signedInUser(): Promise<string> {
  const user = await session().get('user');
  if (!user) redirect('/sign-in?from=/account');
  return `name:${user.name}`;
}
