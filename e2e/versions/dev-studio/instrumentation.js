export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs' && process.env.NODE_ENV === 'development') {
    const { startSessionStudio } = await import('next-app-session/studio');
    const { session } = await import('./lib/session');
    const { memorySession } = await import('./lib/memory-session');
    await startSessionStudio(session, { port: 0 });
    await startSessionStudio(memorySession);
  }
}
