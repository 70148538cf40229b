import type { FullConfig } from '@playwright/test';
import { PostgresServer } from '../stores/servers/postgres.js';
import { NextServer } from './next-server.js';

/** Serves the example, which is built by then, for the project `postgresql`. Its workers get the address of the database. */
export default async function servePostgres({ projects }: FullConfig): Promise<() => Promise<void>> {
  const baseURL = projects.find(({ name }) => name === 'postgresql')?.use.baseURL ?? '';
  const postgres = await PostgresServer.start();
  process.env.E2E_DATABASE_URL = postgres.url;
  const next = new NextServer(Number(new URL(baseURL).port), { DATABASE_URL: postgres.url });
  await next.start();
  return async () => {
    await next.stop();
    await postgres.stop();
  };
}
