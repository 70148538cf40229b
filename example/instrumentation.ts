/** Next runs this once, before the first request. */
export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { startTracing } = await import('./lib/tracing');
    startTracing();
    // Lets Playwright's tests reach the sessions; without their secret in the environment it does nothing.
    const { startSessionTestServer } = await import('next-app-session/testing/server');
    const { session } = await import('./lib/session');
    await startSessionTestServer(session);
    if (process.env.NODE_ENV === 'development') {
      const { startSessionStudio } = await import('next-app-session/studio');
      await startSessionStudio(session);
    }
  }
}
