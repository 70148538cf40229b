import { redirect } from 'next/navigation';
import { session } from '../../lib/session';

async function submit(form) {
  'use server';
  await session().set('name', form.get('name'));
  redirect('/form?done');
}

export default function Page() {
  return (
    <form action={submit}>
      <input name="name" />
      <button type="submit">Send</button>
    </form>
  );
}
