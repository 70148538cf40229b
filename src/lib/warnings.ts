const REGISTRY = Symbol.for('next-app-session.warnings');

/** Returns the warnings that were given in this process. */
export function warningsGiven(): Set<string> {
  const registry = globalThis as { [REGISTRY]?: Set<string> };
  registry[REGISTRY] ??= new Set();
  return registry[REGISTRY];
}

/** Warns once per process for each text, even if Next loaded several copies of this module. */
export function warnOnce(text: string): void {
  const given = warningsGiven();
  if (given.has(text)) return;
  given.add(text);
  console.warn(`next-app-session: ${text}`);
}

/** Warns as `warnOnce` does, in production only. */
export function warnInProduction(text: string): void {
  if (process.env.NODE_ENV === 'production') warnOnce(text);
}

/** Warns as `warnOnce` does, in development only. */
export function warnInDevelopment(text: string): void {
  if (process.env.NODE_ENV === 'development') warnOnce(text);
}
