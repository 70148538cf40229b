// The benchmark's apps, built once a run and served by `next start`, and the contestants that are in them.
import { execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { copyLibrary } from './next-versions.mjs';
import { freePort } from './servers.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };

/** What is measured over HTTP: its app, and the part of the path that names it there. */
export const CONTESTANTS = {
  hand: { app: 'next-16', path: 'hand' },
  'hand, compare-and-swap': { app: 'next-16', path: 'hand-swapping' },
  'next-app-session 2': { app: 'next-16', path: 'two' },
  'iron-session 8': { app: 'next-16', path: 'iron' },
  'hand, Next 15': { app: 'next-15', path: 'hand' },
  'next-app-session 1.0.7, Next 15': { app: 'next-15', path: 'one' },
  'express-session, Express': { app: 'express', path: 'express' },
};

let built = false;

export function buildApps() {
  if (built) return;
  copyLibrary();
  for (const app of ['next-16', 'next-15']) {
    execFileSync(process.execPath, [nextOf(app), 'build'], { cwd: here + app, env, stdio: 'ignore' });
  }
  built = true;
}

function nextOf(app) {
  return createRequire(`${here}${app}/`).resolve('next/dist/bin/next');
}

/** A running app. */
export class App {
  #process;

  constructor(name, port) {
    this.name = name;
    this.url = `http://localhost:${port}`;
    this.port = port;
  }

  static async start(name, redisUrl) {
    const app = new App(name, await freePort());
    const args =
      name === 'express'
        ? [`${here}express-server.mjs`, String(app.port), redisUrl]
        : [nextOf(name), 'start', '-p', String(app.port)];
    const cwd = name === 'express' ? here : here + name;
    app.#process = spawn(process.execPath, args, {
      cwd,
      env: { ...env, REDIS_URL: redisUrl },
      stdio: 'ignore',
    });
    await until(() => fetch(`${app.url}/bench/${name === 'express' ? name : 'hand'}/cpu`));
    return app;
  }

  /** A new session of a contestant in this app; its cookie. */
  async seed(path, data) {
    const response = await until(() =>
      fetch(`${this.url}/bench/${path}/seed`, {
        method: 'POST',
        body: JSON.stringify(data),
        headers: { 'content-type': 'application/json' },
      }),
    );
    return response.text();
  }

  /** CPU time the process has used, in microseconds. */
  async cpu() {
    const path = this.name === 'express' ? 'express' : 'hand';
    const { user, system } = await (await fetch(`${this.url}/bench/${path}/cpu`)).json();
    return user + system;
  }

  stop() {
    this.#process.kill('SIGKILL');
  }
}

async function until(ask) {
  for (let attempt = 0; attempt < 300; attempt++) {
    const response = await ask().catch(() => null);
    if (response?.ok) return response;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('An app of the benchmark does not answer.');
}

/** Starts what these contestants need; `stop` ends it. */
export async function startApps(names, redisUrl) {
  const apps = new Map();
  for (const { app } of names.map((name) => CONTESTANTS[name])) {
    if (!apps.has(app)) apps.set(app, await App.start(app, redisUrl));
  }
  return {
    of: (name) => apps.get(CONTESTANTS[name].app),
    stop: () => {
      for (const app of apps.values()) app.stop();
    },
  };
}
