/** @jest-environment node */
// With everything imported.
import 'next-app-session/testing/jest';
import { expect, it } from '@jest/globals';
import { createSessionTester } from 'next-app-session/testing';
import { session } from '@/lib/session';

it('matchers have types on an expect that is imported', async () => {
  const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
  await expect(t).toHaveSession({ user: 'ada', n: 1 });
  expect(t).toHaveStoreCalls([]);
});
