import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { trace } from '@opentelemetry/api';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import nextAppSession from 'next-app-session';
import { SqlStore } from 'next-app-session/sql';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { PostgresServer } from './servers/postgres.js';

// What an app with tracing on sees of its sessions in PostgreSQL: the spans of this package, and those of OpenTelemetry's
// instrumentation of pg, which shows the text of a statement by default, and its values only by an option.

const TOKEN = 'ya29.the-users-access-token';
const USER = 'ada@example.com';
const SECRET = 'the secret that signs';

const exporter = new InMemorySpanExporter();
const instrumentation = new PgInstrumentation();
let server: PostgresServer;
let pool: Pool;

beforeAll(async () => {
  server = await PostgresServer.start();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  instrumentation.setTracerProvider(provider);
  // Instrumentation hooks into `require`, as an app's server bundle calls it.
  const pg = createRequire(import.meta.url)('pg');
  pool = new pg.Pool(server.connection);
});
afterAll(async () => {
  trace.disable();
  await pool?.end();
  await server?.stop();
});

/** Sign-in, a token, writes, an error, sign-out. Returns the session's IDs. */
async function live(): Promise<string[]> {
  const store = new SqlStore({ client: pool });
  await store.migrate();
  const session = nextAppSession<Record<string, unknown>>({
    secret: SECRET,
    store,
    user: ({ user }) => user as string | undefined,
  });
  const browser = new Browser(session);
  const ids: (string | null)[] = [];
  await browser.visit((session) => session().set('theme', 'dark'));
  ids.push(await browser.visit((session) => session().id()));
  await browser.visit((session) => session().regenerate((data) => ({ ...data, token: TOKEN, user: USER })));
  ids.push(await browser.visit((session) => session().id()));
  await browser.visit((session) => session().update((data) => ({ ...data, other: `${TOKEN}-2` })));
  await pool.query('ALTER TABLE next_app_session ADD CONSTRAINT small CHECK (length(record) < 10) NOT VALID');
  const failing = browser.visit((session) => session().set('more', `${TOKEN}-3`));
  await expect(failing).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
  await pool.query('ALTER TABLE next_app_session DROP CONSTRAINT small');
  expect(await browser.visit((session) => session().get('token'))).toBe(TOKEN);
  const [row] = await session.user(USER).list();
  expect(await session.user(USER).revoke(row?.handle ?? '')).toBe(true);
  await browser.visit((session) => session().set('theme', 'dark'));
  ids.push(await browser.visit((session) => session().id()));
  await browser.visit((session) => session().destroy());
  return ids.filter((id) => id !== null);
}

/** All spans so far, by whom they are, and what a viewer shows of them. */
function finished() {
  return exporter.getFinishedSpans().map(({ name, instrumentationScope, attributes, events, status }) => ({
    name,
    from: instrumentationScope.name,
    shown: { attributes, events, status },
  }));
}

const textOf = (spans: object) => inspect(spans, { depth: 12, maxArrayLength: null, maxStringLength: null });

it('no span holds the session ID, its user or its data: those of pg have a statement with placeholders', async () => {
  const ids = await live();
  const spans = finished();
  expect(ids).toHaveLength(3);
  for (const told of [...ids, TOKEN, 'dark', SECRET, USER]) expect(textOf(spans)).not.toContain(told);
  // Both were listening.
  expect(spans.map(({ name }) => name)).toContain('next_app_session.store.set');
  const statements = spans
    .filter(({ from }) => from === '@opentelemetry/instrumentation-pg')
    .map(({ shown }) => `${shown.attributes['db.query.text']}`);
  expect(statements).toContainEqual(expect.stringMatching(/^UPDATE "next_app_session" SET record = \$1,/));
});

it('with enhancedDatabaseReporting the spans of pg hold the data, as docs/telemetry.md warns, and still no session ID', async () => {
  exporter.reset();
  instrumentation.setConfig({ enhancedDatabaseReporting: true });
  const ids = await live();
  const spans = finished();
  const [ours, ofDriver] = [true, false].map((isOurs) =>
    textOf(spans.filter(({ from }) => (from === 'next-app-session') === isOurs)),
  );
  expect(ofDriver).toContain(TOKEN);
  expect(ours).not.toContain(TOKEN);
  for (const id of ids) expect(textOf(spans)).not.toContain(id);
});
