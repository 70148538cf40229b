import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { NextServer } from '../example/next-server.js';
import { freePort } from '../stores/servers/redis-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    exampleUrl: string;
  }
}

const BUILD = ['node_modules/next/dist/bin/next', 'build', 'example'];

/** Builds the example and serves it, once for all engines. */
export default async function serveExample({ provide }: TestProject): Promise<() => Promise<void>> {
  await promisify(execFile)(process.execPath, BUILD, { env: { ...process.env, NODE_ENV: 'production' } });
  const server = new NextServer(await freePort(), {
    SESSION_SECRET: 'the secret of the tests of other engines',
  });
  await server.start();
  provide('exampleUrl', server.url);
  return () => server.stop();
}
