import { cloneElement, createElement, isValidElement, type ReactNode } from 'react';
import { isPromise } from '../../src/lib/native-promise.js';

type FunctionComponent = (props: unknown) => ReactNode | Promise<ReactNode>;

/** One call of a component, and what it has promised. */
interface Call {
  readonly component: FunctionComponent;
  readonly props: unknown;
  promised?: Promised;
}

type Promised =
  | { readonly is: 'pending'; readonly promise: Promise<unknown> }
  | { readonly is: 'fulfilled'; readonly node: ReactNode }
  | { readonly is: 'rejected'; readonly error: unknown };

/**
 * Returns a tree that React 18 can render, which does not know async components: each component is called within one
 * that waits for it. React calls it itself, so that hooks and contexts work.
 */
export function withAsyncComponents(node: ReactNode): ReactNode {
  if (Array.isArray(node)) return node.map(withAsyncComponents);
  if (!isValidElement<{ children?: ReactNode }>(node)) return node;
  const { type, props, key } = node;
  if (typeof type === 'function' && !type.prototype?.isReactComponent) {
    const call: Call = { component: type as FunctionComponent, props };
    return createElement(Waiting, { key, call });
  }
  return 'children' in props ? cloneElement(node, { children: withAsyncComponents(props.children) }) : node;
}

/** React 18 calls a component again when the promise that it has thrown settles. */
function Waiting({ call }: { call: Call }): ReactNode {
  if (!call.promised) {
    const returned = call.component(call.props);
    if (!isPromise(returned)) return withAsyncComponents(returned as ReactNode);
    call.promised = { is: 'pending', promise: settle(call, returned as Promise<ReactNode>) };
  }
  const { promised } = call;
  if (promised.is === 'pending') throw promised.promise;
  if (promised.is === 'rejected') throw promised.error;
  return withAsyncComponents(promised.node);
}

async function settle(call: Call, returned: Promise<ReactNode>): Promise<void> {
  try {
    call.promised = { is: 'fulfilled', node: await returned };
  } catch (error) {
    call.promised = { is: 'rejected', error };
  }
}
