import { PassThrough, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ReactNode } from 'react';
import { misuse } from '../store/misuse.js';
import { NextControlFlow } from './next-control-flow.js';

interface ReactDomServer {
  readonly version: string;
  renderToPipeableStream(
    tree: ReactNode,
    options: {
      readonly progressiveChunkSize: number;
      readonly onAllReady: () => void;
      readonly onShellError: (error: unknown) => void;
      readonly onError: (error: unknown) => void;
    },
  ): { pipe<To extends Writable>(to: To): To };
}

/**
 * Renders a tree to HTML, with the async components in it. It waits for what `Suspense` waits for.
 *
 * @throws the first error of a component, `redirect()` and `notFound()` included.
 */
export async function renderHtml(tree: ReactNode): Promise<string> {
  const { renderToPipeableStream, version } = await reactDom();
  const node = version.startsWith('18.') ? (await import('./react-18.js')).withAsyncComponents(tree) : tree;
  const html = await new Promise<string>((resolve, reject) => {
    const { pipe } = renderToPipeableStream(node, {
      // Otherwise React moves a large boundary to the end of the HTML, and a script puts it back.
      progressiveChunkSize: Number.POSITIVE_INFINITY,
      onAllReady: () => text(pipe(new PassThrough())).then(resolve, reject),
      onShellError: reject,
      onError: (error) => {
        // The boundary shows its fallback, as in Next.
        if (!new NextControlFlow(error).isLeftToBrowser) reject(error);
      },
    });
  });
  return html.replace(MARKS, '');
}

/** What React puts between texts and around boundaries. It escapes all other text, so only these match. */
const MARKS =
  /<!--\$!--><template(?: [\w-]+="[^"]*")*><\/template>|<!--(?: |\/?[$&][?!~]?|F!?|html|head|body)-->/g;

async function reactDom(): Promise<ReactDomServer> {
  try {
    // Not react-dom/server: under the conditions of a browser that is a build without Node's streams.
    const specifier = 'react-dom/server.node';
    const module = await import(
      /* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ specifier
    );
    return module.default ?? module;
  } catch (cause) {
    throw misuse('t.render() needs react-dom, as Next does. Install it: npm install react-dom', { cause });
  }
}
