import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../stores/servers/redis-server.js';
import { install, installFolder } from '../versions/installed.js';
import type { Site } from '../versions/visitor.js';

/** An app without Next: a file of the folder of a neighbour, which listens on PORT. */
export class NodeApp implements Site {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  /** @param files further files, by their paths in that folder. */
  static async start(
    tarball: string,
    neighbour: string,
    file: string,
    files: Readonly<Record<string, string>>,
    settings: Record<string, string>,
  ): Promise<NodeApp> {
    const pinned = `../neighbours/${neighbour}`;
    await install(pinned, tarball);
    const folder = installFolder(pinned);
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    const port = String(await freePort());
    const env = { ...process.env, ...settings, PORT: port };
    const app = spawn(process.execPath, [file], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
    const url = `http://localhost:${port}`;
    const deadline = Date.now() + 60_000;
    while (!(await fetch(url).catch(() => null))) {
      if (Date.now() > deadline || app.exitCode !== null) throw new Error(`${file} did not answer.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return new NodeApp(url, app);
  }

  stop(): void {
    this.#process.kill('SIGKILL');
  }
}
