import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Options } from 'next-app-session';

/** What a visitor keeps between requests. */
export interface Visitor {
  cookie: string | undefined;
}

/** What a process is asked. Options are sent to it, so they are plain ones. */
interface Job {
  readonly job: 'signIn' | 'get' | 'set' | 'list' | 'revokeAll';
  readonly visitor?: Visitor;
  readonly options?: Pick<Options, 'idleTimeout' | 'absoluteTimeout' | 'regenerateGrace'>;
  readonly userId?: string;
  readonly key?: string;
  readonly value?: unknown;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly cookies?: readonly string[];
}

/** A server of the app, in a process whose clock is ahead or behind. */
export class ClockServer {
  readonly #child: ChildProcess;
  #jobs = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    // Each job waits for its own answer, and there may be many at once.
    child.setMaxListeners(0);
  }

  static async start(storeUrl: string, aheadMs: number): Promise<ClockServer> {
    const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
    const env = { ...process.env, STORE_URL: storeUrl, CLOCK_AHEAD_MS: String(aheadMs) };
    const child = fork(path('clock-server.mjs'), { env, execArgv: ['--import', path('shifted-clock.mjs')] });
    const [{ now }] = await once(child, 'message');
    if (Math.abs(now - Date.now() - aheadMs) > 30_000) throw new Error('The clock was not moved.');
    return new ClockServer(child);
  }

  /** Makes one request, as this visitor. Returns what the session returned. */
  async ask({ job, visitor, options = {}, ...args }: Job): Promise<unknown> {
    const id = ++this.#jobs;
    const answer = new Promise<Answer>((resolve) => {
      const listen = (message: Answer) => {
        if (message.id !== id) return;
        this.#child.off('message', listen);
        resolve(message);
      };
      this.#child.on('message', listen);
    });
    this.#child.send({ id, job, cookie: visitor?.cookie, options, args });
    const { result, error, cookies = [] } = await answer;
    if (error !== undefined) throw new Error(error);
    for (const header of cookies) if (visitor) keepCookie(visitor, header);
    return result;
  }

  stop(): void {
    this.#child.kill();
  }
}

function keepCookie(visitor: Visitor, header: string): void {
  const value = /^sid=([^;]*)/.exec(header)?.[1];
  visitor.cookie = value ? decodeURIComponent(value) : undefined;
}
