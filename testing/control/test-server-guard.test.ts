import { describe, expect, it } from 'vitest';
import { isTestServerWanted } from './test-server-guard.js';

const NEXT_APP_SESSION_TEST_SECRET = 'x'.repeat(43);

describe('the test server', () => {
  it('is wanted if the secret is set, and only then', () => {
    expect(isTestServerWanted({ NEXT_APP_SESSION_TEST_SECRET })).toBe(true);
    expect(isTestServerWanted({})).toBe(false);
  });

  it('is not wanted while Next builds', () => {
    expect(isTestServerWanted({ NEXT_APP_SESSION_TEST_SECRET, NEXT_PHASE: 'phase-production-build' })).toBe(
      false,
    );
  });

  it.each(['', 'short', 'x'.repeat(42)])('refuses the secret %j', (secret) => {
    const start = () => isTestServerWanted({ NEXT_APP_SESSION_TEST_SECRET: secret });
    expect(start).toThrow(expect.objectContaining({ code: 'ERR_SESSION_TESTING' }));
    expect(start).toThrow('openssl rand -hex 32');
  });

  it.each([
    [{ VERCEL: '1', VERCEL_ENV: 'preview' }, 'Vercel'],
    [{ AWS_LAMBDA_FUNCTION_NAME: 'app' }, 'AWS Lambda'],
    [{ K_SERVICE: 'app' }, 'Cloud Run'],
    [{ DYNO: 'web.1' }, 'Heroku'],
    [{ FLY_APP_NAME: 'app' }, 'Fly.io'],
    [{ RENDER: 'true' }, 'Render'],
    [{ WEBSITE_INSTANCE_ID: '1' }, 'Azure App Service'],
    [{ NETLIFY: 'true' }, 'Netlify'],
    [{ RAILWAY_ENVIRONMENT_ID: '1' }, 'Railway'],
  ])('refuses to start with %j', (deployed, host) => {
    expect(() => isTestServerWanted({ NEXT_APP_SESSION_TEST_SECRET, ...deployed })).toThrow(
      new RegExp(`refuses to start: this process runs on ${host}`),
    );
  });

  it('does not complain on a host that does not set the secret', () => {
    expect(isTestServerWanted({ VERCEL: '1' })).toBe(false);
  });

  it('starts on a machine after `vercel env pull`', () => {
    const pulled = { VERCEL: '1', VERCEL_ENV: 'development' };
    expect(isTestServerWanted({ NEXT_APP_SESSION_TEST_SECRET, ...pulled })).toBe(true);
  });

  it('never puts the secret into a message', () => {
    const secret = 'a secret of 30 letters or so!!';
    expect(() => isTestServerWanted({ NEXT_APP_SESSION_TEST_SECRET: secret })).not.toThrow(secret);
  });
});
