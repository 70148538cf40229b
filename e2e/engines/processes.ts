import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** It takes a second on a quiet machine. */
const START_LIMIT_MS = 120_000;

/** Asks until there is an answer. */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what} did not answer.`);
    await sleep(50);
  }
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

/** Ends a process. What it has started ends by itself then. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
