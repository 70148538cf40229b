import { test as base } from '@playwright/test';
import type { NextRequest } from 'next/server.js';
import { expectTypeOf } from 'vitest';
import nextAppSession from '../src/index.js';
import { createSessionTester } from './index.js';
import { controlBackend, redisBackend, sessionFixtures } from './playwright.js';

// `tsc` runs this test: it passes if the file compiles.

const session = nextAppSession<{ user: string; n: number }>();
const t = createSessionTester(session, { data: { n: 1 } });

expectTypeOf(t.read()).resolves.toEqualTypeOf<Partial<{ user: string; n: number }> | null>();
expectTypeOf(t.action(async () => 'saved' as const))
  .resolves.toHaveProperty('result')
  .toEqualTypeOf<'saved' | undefined>();
t.seed({ user: 'ada' });
// @ts-expect-error a value of another type
t.seed({ user: 1 });
// @ts-expect-error a key that the session does not have
createSessionTester(session, { data: { colour: 'red' } });
// @ts-expect-error session() is not the session function
createSessionTester(session());

// In Next 15 and later `params` is a promise, before that an object.
t.route(
  async (_: NextRequest, { params }: { params: Promise<{ id: string }> }) => new Response((await params).id),
);
t.route((_: Request, { params }: { params: { id: string } }) => new Response(params.id));
t.route(() => new Response());

// Playwright's fixtures take the type of the data from the session, or from a type argument.
const browserTest = base.extend(sessionFixtures({ session, backend: redisBackend('redis://localhost') }));
browserTest('types', async ({ sessions, session: own, page }) => {
  await sessions.as({ user: 'ada' }, { createdAt: new Date(), cookie: { sameSite: 'Strict' } });
  // @ts-expect-error a value of another type
  await sessions.as({ user: 1 });
  expectTypeOf(own.read()).resolves.toEqualTypeOf<Partial<{ user: string; n: number }> | null>();
  await page.goto('/');
});
const extended = base.extend<{ colour: string }>({ colour: 'red' });
extended.extend(sessionFixtures<{ n: number }>({ backend: controlBackend() }))('types', async (fixtures) => {
  expectTypeOf(fixtures.colour).toEqualTypeOf<string>();
  await fixtures.sessions.write(fixtures.session, { n: 1 });
  // @ts-expect-error a key that the session does not have
  await fixtures.sessions.write(fixtures.session, { colour: 'red' });
});

// The list of a user's sessions has the type that the `listed` option returns.
const accounts = nextAppSession<{ userId: string }, { device: string }>({ user: (data) => data.userId });
const device = createSessionTester(accounts).user('ada');
expectTypeOf(device.list()).resolves.items.toHaveProperty('data').toEqualTypeOf<{ device: string }>();
