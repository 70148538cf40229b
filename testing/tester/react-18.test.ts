import {
  Component,
  createContext,
  createElement as h,
  type ReactNode,
  Suspense,
  useContext,
  useId,
} from 'react';
import { expect, it } from 'vitest';
import { withAsyncComponents } from './react-18.js';
import { renderHtml } from './render-html.js';

// On React 18 itself: e2e/versions/tester. React 19 knows thrown promises too, which is all that this needs.

const html = (tree: ReactNode) => renderHtml(withAsyncComponents(tree));
const later = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

let runs = 0;
async function Name({ name = 'ada' }: { name?: string }) {
  runs++;
  await later();
  return [h('b', { key: 1 }, name), h('i', { key: 2 })];
}
const Theme = createContext('light');
function Client({ children }: { children?: ReactNode }) {
  return h('p', { className: useContext(Theme), title: typeof useId() }, children, h(Name, { name: 'bob' }));
}
class Frame extends Component<{ children?: ReactNode }> {
  override render = () => h('main', null, this.props.children);
}

it('calls each async component once, within hooks, contexts, classes and boundaries', async () => {
  const client = h(Theme.Provider, { value: 'dark' }, h(Client, null, 'text', h(Name)));
  const tree = h(Frame, null, [h(Suspense, { key: 1, fallback: 'wait' }, client), null, h('hr', { key: 2 })]);
  expect(await html(tree)).toBe(
    '<main><p class="dark" title="string">text<b>ada</b><i></i><b>bob</b><i></i></p><hr/></main>',
  );
  expect(runs).toBe(2);
});

it('throws what a component throws', async () => {
  const Broken = async () => {
    await later();
    throw new Error('this one');
  };
  for (const tree of [() => h(Broken), () => h(Suspense, null, h(Broken))]) {
    await expect(html(tree())).rejects.toThrow('this one');
  }
});
