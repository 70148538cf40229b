import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server answers within seconds on a quiet machine. */
const START_LIMIT_MS = 240_000;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a server, which ends with this process at the latest: that of a set-up that failed halfway belongs to no test. */
export function startServer(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(file, args, options);
  running.add(child);
  return child.once('exit', () => running.delete(child));
}

/**
 * Asks until there is an answer. An error counts as none.
 *
 * @param failure says what did not answer.
 */
export async function waitFor<T>(ask: () => Promise<T | undefined>, failure: () => string): Promise<T> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(failure());
    await sleep(50);
  }
}

/** Waits until a GET of this address is answered with a status of 2xx. */
export async function waitForPage(url: string, failure: () => string): Promise<void> {
  await waitFor(async () => (await fetch(url)).ok || undefined, failure);
}

/** Begins what `stop` ends. If it fails, `stop` ends what it had begun. */
export async function begin<T>(task: () => Promise<T>, stop: () => Promise<void>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends a process, if it still runs, and waits for its end. What it has started ends by itself then. */
export async function endProcess(
  child: ChildProcess | undefined,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<void> {
  if (!child || hasEnded(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

export function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
