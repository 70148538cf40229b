'use server';
import { redirect } from 'next/navigation';
import { session } from '@/lib/session';

export async function signIn(user: string) {
  await session().regenerate((data) => ({ ...data, user }));
  redirect('/account');
}
