/** Tracing as the two common ways set it up; TELEMETRY chooses one, or none. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  if (process.env.TELEMETRY === 'vercel') (await import('./lib/vercel-otel')).start();
  if (process.env.TELEMETRY === 'sdk-node') (await import('./lib/sdk-node')).start();
}
