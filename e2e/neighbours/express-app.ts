import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { begin, endProcess, waitFor } from '../stores/servers/processes.js';
import { freePort } from '../stores/servers/redis-server.js';
import { install, installFolder } from '../versions/installed.js';
import type { Site } from '../versions/visitor.js';

const PINNED = '../neighbours/express-session';

/** The app of `express-session/before`, in a process of its own. */
export class ExpressApp implements Site {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  /** @param rows the module that has what `/api/rows` runs. */
  static async start(tarball: string, rows: string, settings: Record<string, string>): Promise<ExpressApp> {
    await install(PINNED, tarball);
    const folder = join(installFolder(PINNED), 'before');
    writeFileSync(join(folder, 'rows.mjs'), rows);
    const port = String(await freePort());
    const env = { ...process.env, ...settings, PORT: port };
    const child = spawn(process.execPath, ['app.mjs'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const app = new ExpressApp(`http://localhost:${port}`, child);
    await begin(
      () =>
        waitFor(
          () => fetch(app.url),
          () => 'The Express app did not answer.',
        ),
      () => app.stop(),
    );
    return app;
  }

  stop(): Promise<void> {
    return endProcess(this.#process);
  }
}
