'use server';

import { refresh } from 'next/cache';
import { type FormErrorName, readName } from '@/lib/form';
import { session } from '@/lib/session';

export type NameState = { saved?: string; wrong?: FormErrorName };

export async function saveName(_previous: NameState, form: FormData): Promise<NameState> {
  const name = readName(form);
  if (!name) return { wrong: 'name' };
  await session().set('name', name);
  refresh(); // renders the page again, with the new name
  return { saved: name };
}

export async function forgetName() {
  await session().destroy('name');
  refresh();
}
