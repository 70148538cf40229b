import { cookies, headers } from 'next/headers.js';
import { notFound, redirect, useParams, usePathname, useRouter, useSearchParams } from 'next/navigation.js';
import { after } from 'next/server.js';
import {
  Component,
  cache,
  createContext,
  Fragment,
  createElement as h,
  lazy,
  memo,
  type ReactNode,
  Suspense,
  use,
  useContext,
  useState,
} from 'react';
import { describe, expect, it } from 'vitest';
import nextAppSession from '../../src/index.js';
import { createSessionTester } from '../index.js';

const session = nextAppSession<{ user: string; n: number }>({ secret: 'a secret of these tests' });
const tester = () => createSessionTester(session, { data: { user: 'ada', n: 1 } });
const later = (ms = 1) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function Greeting({ word = 'Hello' }: { word?: string }) {
  await later();
  return h('p', null, word, ' ', await session().get('user'));
}

async function Layout({ children }: { children?: ReactNode }) {
  const n = await session().get('n');
  return h('html', null, h('body', { 'data-n': n }, h('nav', null, 'Menu'), children));
}

const html = async (tree: ReactNode) => (await tester().render(tree)).html;

describe('a page', () => {
  it('is rendered with its async components and its layout, all with one session and one read', async () => {
    const t = tester();
    const page = h(Fragment, null, h(Greeting), h(Greeting, { word: 'Bye' }));
    const { html, redirect, notFound, cookies, revalidated } = await t.render(h(Layout, null, page));
    expect(html).toBe(
      '<!DOCTYPE html><html><head></head><body data-n="1"><nav>Menu</nav><p>Hello ada</p><p>Bye ada</p></body></html>',
    );
    expect({ redirect, notFound, cookies, revalidated }).toEqual({
      redirect: undefined,
      notFound: false,
      cookies: [],
      revalidated: [],
    });
    expect(t.store.calls.map(({ operation }) => operation)).toEqual(['get']);
  });

  it('waits for what Suspense waits for, and runs each component once', async () => {
    let runs = 0;
    async function Slow() {
      runs++;
      await later(20);
      return `slow, n is ${await session().get('n')}`;
    }
    const page = h(Suspense, { fallback: 'wait' }, h(Suspense, { fallback: 'wait' }, h(Slow)), h(Greeting));
    expect(await html(page)).toBe('slow, n is 1<p>Hello ada</p>');
    expect(runs).toBe(1);
  });

  it('keeps a large part where it is', async () => {
    const Large = async () => h('p', null, 'x'.repeat(100_000));
    const found = await html(h('main', null, h(Suspense, null, h(Large)), h('footer')));
    expect(found).toMatch(/^<main><p>x{100000}<\/p><footer><\/footer><\/main>$/);
  });

  it('has cookies(), headers(), after() and its own request', async () => {
    const done: string[] = [];
    async function Place() {
      after(() => void done.push('after'));
      return `${(await cookies()).get('theme')?.value}, ${(await headers()).get('x-from')}`;
    }
    const t = createSessionTester(session, { data: { user: 'ada' }, cookies: { theme: 'dark' } });
    expect((await t.render(h(Place), { headers: { 'x-from': 'test' } })).html).toBe('dark, test');
    expect(done).toEqual(['after']);
  });
});

describe('React', () => {
  const Theme = createContext('light');
  function Client({ children }: { children?: ReactNode }) {
    const [n] = useState(7);
    return h('section', { className: useContext(Theme) }, n, children);
  }

  const Given = ({ children }: { children: (word: string) => ReactNode }) => children('given');

  it.each<[what: string, tree: () => ReactNode, expected: string]>([
    [
      'hooks and contexts, with an async component inside',
      () => h(Theme.Provider, { value: 'dark' }, h(Client, null, h(Greeting))),
      '<section class="dark">7<p>Hello ada</p></section>',
    ],
    ['a list', () => [h(Greeting, { key: 1 }), null, false, h('hr', { key: 2 })], '<p>Hello ada</p><hr/>'],
    ['memo', () => h(memo(Greeting)), '<p>Hello ada</p>'],
    ['lazy', () => h(lazy(async () => ({ default: Greeting }))), '<p>Hello ada</p>'],
    ['cache()', () => h(cache(Greeting)), '<p>Hello ada</p>'],
    [
      'a function as a child',
      // biome-ignore lint/correctness/noChildrenProp: as an argument, the types take no function
      () => h(Given, { children: (word) => h(Greeting, { word }) }),
      '<p>given ada</p>',
    ],
    [
      'a class',
      () =>
        h(
          class extends Component<{ children?: ReactNode }> {
            override render = () => h('b', null, this.props.children);
          },
          null,
          h(Greeting),
        ),
      '<b><p>Hello ada</p></b>',
    ],
    ['text as it is, escaped', () => h('p', null, '<!-- -->', '<b>', 'c'), '<p>&lt;!-- --&gt;&lt;b&gt;c</p>'],
  ])('%s', async (_, tree, expected) => {
    expect(await html(tree())).toBe(expected);
  });

  it('use() reads the promise that a Server Component passes on', async () => {
    const Reader = ({ name }: { name: Promise<string | null> }) => h('i', null, use(name));
    const Page = async () => h(Reader, { name: session().get('user') });
    expect(await html(h(Page))).toBe('<i>ada</i>');
  });
});

describe('what Next gives to Client Components', () => {
  function Where() {
    useRouter().prefetch('/elsewhere');
    return `${usePathname()}, ${useSearchParams().get('tab')}, ${useParams<{ id: string }>().id}`;
  }

  it('is that of the request', async () => {
    const request = { url: '/items/7?tab=notes', params: { id: '7' } };
    expect((await tester().render(h(Where), request)).html).toBe('/items/7, notes, 7');
  });

  it('a part that is for the browser only shows its fallback', async () => {
    const InBrowser = () => {
      throw Object.assign(new Error('Bail out'), { digest: 'BAILOUT_TO_CLIENT_SIDE_RENDERING' });
    };
    expect(await html(h('p', null, h(Suspense, { fallback: 'soon' }, h(InBrowser))))).toBe('<p>soon</p>');
  });
});

describe('a component that', () => {
  it('calls redirect(), however deep, gives the redirect and no HTML', async () => {
    const Guarded = async () => {
      await later();
      redirect('/sign-in');
    };
    const deep = h('main', null, h(Suspense, null, h(Layout, null, h(Guarded))));
    for (const tree of [() => h(Guarded), () => deep]) {
      const outcome = await tester().render(tree());
      expect(outcome).toMatchObject({ html: undefined, redirect: { url: '/sign-in', type: 'replace' } });
    }
  });

  it('calls notFound() gives that', async () => {
    const Missing = () => notFound();
    expect(await tester().render(h(Suspense, null, h(Missing)))).toMatchObject({ notFound: true });
  });

  it('throws, however deep, makes the call throw', async () => {
    const Broken = async () => {
      await later();
      throw new Error('this one');
    };
    const deep = h('main', null, h(Suspense, { fallback: 'an error' }, h(Broken)));
    for (const tree of [() => h(Broken), () => deep]) await expect(html(tree())).rejects.toThrow('this one');
  });

  it('writes is told to do that elsewhere', async () => {
    const Writer = async () => h('p', null, String(await session().set('n', 2)));
    await expect(html(h(Writer))).rejects.toMatchObject({ code: 'ERR_SESSION_READ_ONLY' });
  });

  it('reads from a store that fails makes the call throw', async () => {
    const t = tester();
    t.store.fail('get');
    await expect(t.render(h(Greeting))).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
  });
});

it('twenty visitors are rendered at once, each with their own session', async () => {
  const pages = Array.from({ length: 20 }, (_, n) =>
    createSessionTester(session, { data: { user: `user ${n}`, n } }).render(h(Layout, null, h(Greeting))),
  );
  for (const [n, { html }] of (await Promise.all(pages)).entries()) {
    expect(html).toContain(`<body data-n="${n}"><nav>Menu</nav><p>Hello user ${n}</p>`);
  }
});
