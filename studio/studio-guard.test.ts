import { describe, expect, it } from 'vitest';
import { startSessionStudio } from './index.js';
import { isStudioWanted } from './studio-guard.js';

describe('the studio', () => {
  it('is wanted in development', () => {
    expect(isStudioWanted({ NODE_ENV: 'development' })).toBe(true);
  });

  it('is not wanted while Next builds', () => {
    expect(isStudioWanted({ NODE_ENV: 'production', NEXT_PHASE: 'phase-production-build' })).toBe(false);
  });

  it.each(['production', 'test', '', 'Development', undefined])('refuses NODE_ENV %j', (NODE_ENV) => {
    expect(() => isStudioWanted({ NODE_ENV })).toThrow(
      expect.objectContaining({
        code: 'ERR_SESSION_STUDIO',
        message: expect.stringContaining('refuses to start: NODE_ENV is'),
      }),
    );
  });

  it.each([
    [{ VERCEL: '1', VERCEL_ENV: 'preview' }, 'Vercel'],
    [{ AWS_LAMBDA_FUNCTION_NAME: 'app' }, 'AWS Lambda'],
    [{ K_SERVICE: 'app' }, 'Cloud Run'],
    [{ DYNO: 'web.1' }, 'Heroku'],
    [{ FLY_APP_NAME: 'app' }, 'Fly.io'],
  ])('refuses to start with %j, even in development', (deployed, host) => {
    expect(() => isStudioWanted({ NODE_ENV: 'development', ...deployed })).toThrow(
      new RegExp(`refuses to start: this process runs on ${host}`),
    );
  });

  it('starts on a machine after `vercel env pull`', () => {
    const pulled = { VERCEL: '1', VERCEL_ENV: 'development' };
    expect(isStudioWanted({ NODE_ENV: 'development', ...pulled })).toBe(true);
  });

  it('refuses a process that is not in development, as these tests are not', async () => {
    await expect(startSessionStudio({} as never)).rejects.toMatchObject({ code: 'ERR_SESSION_STUDIO' });
  });
});
