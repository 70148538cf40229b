import { revalidatePath } from 'next/cache';
import { after } from 'next/server';
import { Suspense } from 'react';
import { sessions } from '../../lib/stores';

export async function generateMetadata({ params }) {
  const { store } = await params;
  return { title: `metadata: ${await sessions[store]().get('n')}` };
}

async function InPage({ store }) {
  const current = sessions[store]();
  const [n, info] = await Promise.all([current.get('n'), current.info()]);
  await current.touch();
  const refused = await current.set('n', 0).catch((error) => error.code ?? Promise.reject(error));
  after(() => {});
  return (
    <p>
      page: {String(n)}, {info ? 'live' : 'none'}, {refused}
    </p>
  );
}

async function InPrivateCache({ store }) {
  'use cache: private';
  return <p>private: {String(await sessions[store]().get('n'))}</p>;
}

export default async function Page({ params }) {
  const { store } = await params;

  async function save(form) {
    'use server';
    await sessions[store]().set('n', Number(form.get('n')));
    after(() => sessions[store]().set('later', true));
    revalidatePath(`/${store}`);
  }

  return (
    <main>
      <h1>Shell</h1>
      <Suspense fallback={<p>waiting</p>}>
        <InPage store={store} />
      </Suspense>
      <Suspense fallback={<p>waiting</p>}>
        <InPrivateCache store={store} />
      </Suspense>
      <form action={save}>
        <button type="submit">Save</button>
      </form>
    </main>
  );
}
