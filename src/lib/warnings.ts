const REGISTRY = Symbol.for('next-app-session.warnings');
const LISTENER = Symbol.for('next-app-session.warning-listener');

interface Listening {
  [LISTENER]?: (text: string) => void;
}

/** Calls `listener` with each warning that any copy of this module gives from now on. The studio listens. */
export function hearWarnings(listener: (text: string) => void): void {
  (globalThis as Listening)[LISTENER] = listener;
}

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
  (globalThis as Listening)[LISTENER]?.(text);
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
