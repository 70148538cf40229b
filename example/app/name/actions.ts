'use server';

import { refresh } from 'next/cache';
import { readName } from '@/lib/form';
import { session } from '@/lib/session';

export type NameState = { saved?: string; error?: string };

export async function saveName(_previous: NameState, form: FormData): Promise<NameState> {
  const name = readName(form);
  if (!name) return { error: 'Enter a name of 1 to 40 characters.' };
  await session().set('name', name);
  refresh(); // renders the page again, with the new name
  return { saved: name };
}

export async function forgetName() {
  await session().destroy('name');
  refresh();
}
