import type { TestProject } from 'vitest/node';
import { buildExample, NextServer } from '../example/next-server.js';
import { freePort } from '../stores/servers/redis-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    exampleUrl: string;
  }
}

/** Builds the example and serves it, once for all engines. */
export default async function serveExample({ provide }: TestProject): Promise<() => Promise<void>> {
  await buildExample();
  const server = new NextServer(await freePort(), {
    SESSION_SECRET: 'the secret of the tests of other engines',
  });
  await server.start();
  provide('exampleUrl', server.url);
  return () => server.stop();
}
