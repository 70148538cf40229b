import { notFound, redirect } from 'next/navigation';
import { session } from '../../lib/session';

async function submit(form) {
  'use server';
  await session().set('name', form.get('name'));
  if (form.get('next') === 'redirect') redirect('/');
  if (form.get('next') === 'notFound') notFound();
  if (form.get('next') === 'throw') throw new Error('thrown by the action');
}

export default async function Page() {
  return (
    <form action={submit}>
      <pre>{JSON.stringify(await session().all())}</pre>
      <input name="name" />
      <input name="next" />
      <button type="submit">Send</button>
    </form>
  );
}
