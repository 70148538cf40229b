import { revalidatePath } from 'next/cache';
import { after } from 'next/server';
import { Suspense } from 'react';
import { sessions } from '../../lib/stores';

export async function generateMetadata({ params }) {
  const { store } = await params;
  return { title: `metadata: ${await sessions[store]().get('n')}` };
}

async function InPage({ params }) {
  const { store } = await params;
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

async function PrivateCache({ params }) {
  const { store } = await params;
  return <InPrivateCache store={store} />;
}

async function Save({ params }) {
  const { store } = await params;

  async function save(form) {
    'use server';
    await sessions[store]().set('n', Number(form.get('n')));
    after(() => sessions[store]().set('later', true));
    revalidatePath(`/${store}`);
  }

  return (
    <form action={save}>
      <button type="submit">Save</button>
    </form>
  );
}

export default function Page({ params }) {
  return (
    <main>
      <h1>Shell</h1>
      <Suspense fallback={<p>waiting</p>}>
        <InPage params={params} />
      </Suspense>
      <Suspense fallback={<p>waiting</p>}>
        <PrivateCache params={params} />
      </Suspense>
      <Suspense fallback={<p>waiting</p>}>
        <Save params={params} />
      </Suspense>
    </main>
  );
}
