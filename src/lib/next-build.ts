/** Returns whether this process belongs to a `next build`, which loads the modules of an app and serves no visitor. */
export function isNextBuild(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return environment.NEXT_PHASE === 'phase-production-build';
}
