const REGISTRY = Symbol.for('next-app-session.warnings');

/** Warns in production, once a process for each text, however many copies of this module Next loaded. */
export function warnInProduction(text: string): void {
  if (process.env.NODE_ENV !== 'production') return;
  const registry = globalThis as { [REGISTRY]?: Set<string> };
  registry[REGISTRY] ??= new Set();
  if (registry[REGISTRY].has(text)) return;
  registry[REGISTRY].add(text);
  console.warn(`next-app-session: ${text}`);
}
