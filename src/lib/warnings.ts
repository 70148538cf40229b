const REGISTRY = Symbol.for('next-app-session.warnings');
const LISTENER = Symbol.for('next-app-session.warning-listener');

/** Where the docs explain a warning: a page of `docs`, and a heading of it. */
type WarningGuide = `${string}.md#${string}`;

interface Listening {
  [LISTENER]?: (text: string, guide: WarningGuide) => void;
}

/** Calls `listener` with each warning that any copy of this module gives from now on. The studio listens. */
export function hearWarnings(listener: (text: string, guide: WarningGuide) => void): void {
  (globalThis as Listening)[LISTENER] = listener;
}

/** Returns the warnings that were given in this process: where the docs explain each, by its text. */
export function warningsGiven(): Map<string, WarningGuide> {
  const registry = globalThis as { [REGISTRY]?: Map<string, WarningGuide> };
  registry[REGISTRY] ??= new Map();
  return registry[REGISTRY];
}

/** Warns once per process for each text, even if Next loaded several copies of this module. */
export function warnOnce(text: string, guide: WarningGuide): void {
  const given = warningsGiven();
  if (given.has(text)) return;
  given.set(text, guide);
  (globalThis as Listening)[LISTENER]?.(text, guide);
  console.warn(`next-app-session: ${text} See docs/${guide}.`);
}

/** Warns as `warnOnce` does, in production only. */
export function warnInProduction(text: string, guide: WarningGuide): void {
  if (process.env.NODE_ENV === 'production') warnOnce(text, guide);
}

/** Warns as `warnOnce` does, in development only. */
export function warnInDevelopment(text: string, guide: WarningGuide): void {
  if (process.env.NODE_ENV === 'development') warnOnce(text, guide);
}
