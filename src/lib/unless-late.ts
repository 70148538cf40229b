/** How long somebody waits for what they do not need, in milliseconds. */
const PATIENCE_MS = 250;

/** Returns the result of work, or `late` if it takes too long. The work goes on then, and nobody learns what came of it. */
export function unlessLate<T>(work: Promise<T>, late: T, ms = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout;
  const lateness = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, ms, late);
  });
  return Promise.race([work, lateness]).finally(() => clearTimeout(timer));
}
