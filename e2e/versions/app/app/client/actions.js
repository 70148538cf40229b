'use server';

import { session } from '../../lib/session';

export async function rename(form) {
  await session().set('name', form.get('name'));
}
