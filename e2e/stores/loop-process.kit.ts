import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BrowserLoops, LoopedBrowser, Looping, SignIn, SignInLoops } from './looping-visits.mjs';
import type { UsersOfSession } from './revocation-app.mjs';

/** How browsers ask the app: by a call, or over HTTP. */
export type Via = 'direct' | 'http';

/** A second process with the same app, in which browsers loop. */
export class LoopProcess {
  readonly #process: ChildProcess;
  readonly #via: Via;

  private constructor(child: ChildProcess, via: Via) {
    this.#process = child;
    this.#via = via;
  }

  /** @param storeUrl see open-store.mjs */
  static async start(storeUrl: string, via: Via, users: UsersOfSession): Promise<LoopProcess> {
    const file = fileURLToPath(new URL('revocation-process.mjs', import.meta.url));
    const env = { ...process.env, STORE_URL: storeUrl, USERS_OF_SESSION: String(users) };
    const child = fork(file, { env, execArgv: [] });
    await once(child, 'message');
    return new LoopProcess(child, via);
  }

  loopBrowser(work: BrowserLoops): Looping<LoopedBrowser> {
    return this.#loop<'browser'>('browser', work);
  }

  loopSignIns(work: SignInLoops): Looping<readonly SignIn[]> {
    return this.#loop<'signIns'>('signIns', work);
  }

  stop(): void {
    this.#process.kill();
  }

  #loop<Kind extends keyof Loops>(start: Kind, work: Loops[Kind]['work']): Loops[Kind]['looping'] {
    const child = this.#process;
    const running = once(child, 'message').then(() => {});
    child.send({ start, via: this.#via, work });
    const stop = async () => {
      await running;
      const answer = once(child, 'message');
      child.send({ stop: true });
      const [{ result }] = await answer;
      return result;
    };
    return { running, stop };
  }
}

interface Loops {
  readonly browser: { work: BrowserLoops; looping: Looping<LoopedBrowser> };
  readonly signIns: { work: SignInLoops; looping: Looping<readonly SignIn[]> };
}
