/** @jest-environment jsdom */
import 'next-app-session/testing/jest';
import { expect, it } from '@jest/globals';
import { RedisStore } from 'next-app-session/redis';
import { signIn } from '@/app/account/actions';
import { session } from '@/lib/session';

// The tester needs Request, which jsdom does not have.
it('the session is the real one where tests have a DOM', async () => {
  expect(typeof document).toBe('object');
  expect(typeof RedisStore).toBe('function');
  expect(typeof signIn).toBe('function');
  await expect(session().get('user')).rejects.toThrow('outside of a request');
});

it('the matchers load without Request, and the tester says what it needs', async () => {
  expect(typeof Request).toBe('undefined');
  expect('a text').not.toLeak('a secret');
  // As ES modules, Jest runs the CommonJS modules of Next before any of ours: then the error is Next's own.
  await expect(import('next-app-session/testing')).rejects.toThrow(
    /@jest-environment node|^Request is not defined$/,
  );
});
