/** SDK 3 is set up as SDK 2 is. @vercel/otel has no version for it. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  (await import('./lib/sdk-node')).start();
}
