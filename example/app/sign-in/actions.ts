'use server';

import { redirect } from 'next/navigation';
import { type FormErrorName, readName } from '@/lib/form';
import { signOutUrl } from '@/lib/oauth';
import { safePath } from '@/lib/safe-path';
import { session } from '@/lib/session';
import { signInAs } from '@/lib/sign-in-as';

export type SignInState = { name?: string; wrong?: FormErrorName };

export async function signIn(_previous: SignInState, form: FormData): Promise<SignInState> {
  const name = readName(form);
  if (!name) return { wrong: 'name' };

  // A real app compares with a stored password hash here, and limits how often one can try.
  if (form.get('password') !== 'demo') return { name, wrong: 'password' };

  await signInAs(name);
  redirect(safePath(form.get('from')));
}

export async function signOut() {
  const tokens = await session().get('tokens');
  await session().destroy();
  // The identity provider asks whether to sign out there, too.
  redirect((tokens && (await signOutUrl(tokens.idToken))) ?? '/sign-in');
}
