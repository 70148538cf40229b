import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import {
  type IdentityProvider,
  startIdentityProvider,
} from '../../example/identity-provider/identity-provider.mjs';
import { DocApp } from '../package/doc-app.js';
import { docBlocks } from '../package/doc-blocks.js';
import { read } from '../package/repository.js';
import { PostgresServer } from '../stores/servers/postgres.js';
import { RedisServer } from '../stores/servers/redis-server.js';
import { packTarball } from '../versions/installed.js';
import { NextApp } from '../versions/next-app.js';
import type { Variant } from '../versions/variants.js';
import { type Page, Visitor } from '../versions/visitor.js';
import { BrowserAtProvider, CLIENT, REDIRECT_URI } from './identity.js';

export type StoreName = 'memory' | 'redis' | 'postgresql';

/** What a refresh came to in a process of the app, and how many milliseconds it took there. */
export interface Outcome {
  readonly pid: number;
  readonly ms: number;
  readonly token?: string | null;
  readonly code?: string;
  readonly cause?: { readonly name?: string; readonly code?: string };
}

const SOURCES = ['app', 'lib', 'pages', 'jsconfig.json', 'proxy.js'].map((name) => `../refresh/site/${name}`);
const SHIFTED_CLOCK = fileURLToPath(new URL('../stores/shifted-clock.mjs', import.meta.url));

/** Returns the app of docs/tokens.md with pages that say what a refresh came to, on Next's next defaults. */
export function refreshing(
  name: string,
  config = { cacheComponents: true, partialPrefetching: true },
): Variant {
  return {
    name: `Next 16.4 (${name})`,
    install: 'next-16',
    sources: SOURCES,
    config: { ...config, serverExternalPackages: ['ioredis'] },
    buildOptions: [],
    hasAfter: true,
    hasNodeProxy: true,
  };
}

/** Builds the app, for all processes of it. */
export async function buildSite(variant: Variant): Promise<void> {
  const docs = new DocApp(variant.name, docBlocks(read('docs/tokens.md')));
  const complaints = docs.compile();
  if (complaints) throw new Error(complaints);
  await new NextApp(variant).build(packTarball(), docs.compiled);
}

/** Processes of the built app, which share a store, with the identity provider. */
export class Site {
  readonly provider: IdentityProvider;
  readonly processes: readonly NextApp[];
  readonly #store: StoreServer | undefined;
  readonly #settings: readonly Record<string, string>[];

  private constructor(
    provider: IdentityProvider,
    store: StoreServer | undefined,
    processes: readonly NextApp[],
    settings: readonly Record<string, string>[],
  ) {
    this.provider = provider;
    this.#store = store;
    this.processes = processes;
    this.#settings = settings;
  }

  /** @param clocks how many milliseconds the clock of each process is ahead. */
  static async start(variant: Variant, name: StoreName, clocks: readonly number[]): Promise<Site> {
    const provider = await startIdentityProvider({
      clients: [{ ...CLIENT, redirect_uris: [REDIRECT_URI] }],
      accessTokenSeconds: 3_600,
    });
    const store = await startStore(name);
    const shared = {
      OAUTH_ISSUER: provider.issuer,
      OAUTH_CLIENT_ID: CLIENT.client_id,
      OAUTH_CLIENT_SECRET: CLIENT.client_secret,
      SITE_URL: new URL(REDIRECT_URI).origin,
      STORE: name,
      STORE_URL: store?.url ?? '',
    };
    const settings = clocks.map((aheadMs) => ({ ...shared, ...clockOf(aheadMs) }));
    const processes = clocks.map(() => new NextApp(variant));
    const site = new Site(provider, store, processes, settings);
    await Promise.all(processes.map((_, at) => site.restart(at)));
    return site;
  }

  /** Starts a process again, if it runs or was killed. */
  async restart(process: number): Promise<void> {
    await this.kill(process);
    await this.#process(process).start(this.#settings[process]);
  }

  async kill(process: number): Promise<void> {
    await this.#process(process).stop();
  }

  /** Signs somebody in with tokens that are expired. The provider forgets what it was asked before. */
  async signIn(name = 'Ada'): Promise<Visitor> {
    const visitor = new Visitor(this.#process(0));
    await this.signInAgain(visitor, name);
    await this.run(visitor, 'expire');
    this.provider.reset();
    return visitor;
  }

  /** Signs the visitor in, as docs/tokens.md does. */
  async signInAgain(visitor: Visitor, name = 'Ada'): Promise<void> {
    const { headers } = await visitor.open('/sign-in');
    const browser = new BrowserAtProvider(this.provider.issuer);
    const { pathname, search } = new URL(await browser.authorize(headers.get('location') ?? '', name));
    const { status, text } = await visitor.open(pathname + search);
    if (status >= 400) throw new Error(`The sign-in failed: ${status} ${text}`);
  }

  /** Asks a process for the outcome of a refresh, in what is at `path`. */
  async ask(visitor: Visitor, path: string, process = 0): Promise<Outcome> {
    return outcomeIn(await visitor.open(path, {}, this.#process(process).url));
  }

  /** Runs a job of `api/session` in a process. */
  async run(visitor: Visitor, job: string, process = 0): Promise<void> {
    const init = { method: 'POST', body: JSON.stringify(job) };
    const { status, text } = await visitor.open('/api/session', init, this.#process(process).url);
    if (status !== 200) throw new Error(`${job} failed: ${text}`);
  }

  async data(visitor: Visitor): Promise<Record<string, unknown>> {
    return JSON.parse((await visitor.open('/api/session', {}, this.#process(-1).url)).text);
  }

  /** Returns the access token that the session holds. */
  async token(visitor: Visitor): Promise<string> {
    const { tokens } = await this.data(visitor);
    return (tokens as { accessToken: string }).accessToken;
  }

  /** Returns how many refreshes are under way in the processes, from the one at `first` on. */
  async underWay(first = 0): Promise<number> {
    const counts = this.processes
      .slice(first)
      .map(async ({ url }) => (await fetch(`${url}/api/calls`)).json());
    return (await Promise.all(counts)).reduce((sum, { underWay }) => sum + underWay, 0);
  }

  /** Waits until that many refreshes are under way, and have had the time to find out that another one renews. */
  async isWaiting(count: number, first = 0): Promise<void> {
    await expect.poll(() => this.underWay(first)).toBeGreaterThanOrEqual(count);
    await sleep(1_000);
  }

  /** Waits until the provider has been asked for new tokens that often. */
  async isAsked(count = 1): Promise<void> {
    await expect.poll(() => this.provider.tokenCalls().refresh_token.asked).toBe(count);
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((app) => app.stop()));
    await Promise.all([this.#store?.stop(), this.provider.close()]);
  }

  #process(at: number): NextApp {
    const app = this.processes.at(at);
    if (!app) throw new Error(`There is no process ${at}.`);
    return app;
  }
}

interface StoreServer {
  readonly url: string;
  stop(): Promise<void>;
}

async function startStore(name: StoreName): Promise<StoreServer | undefined> {
  if (name === 'redis') return RedisServer.start();
  if (name === 'postgresql') return PostgresServer.start();
  return undefined;
}

function clockOf(aheadMs: number): Record<string, string> {
  if (aheadMs === 0) return {};
  return { NODE_OPTIONS: `--import ${SHIFTED_CLOCK}`, CLOCK_AHEAD_MS: String(aheadMs) };
}

/** Pages show the outcome in an element, what is no page answers it as it is, or in a header. */
function outcomeIn({ status, html, headers }: Page): Outcome {
  const shown = /<output>(.*?)<\/output>/.exec(html)?.[1]?.replaceAll('&quot;', '"');
  const text = shown ?? headers.get('x-outcome') ?? html;
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`No outcome, with status ${status}: ${text.slice(0, 2_000)}`);
  }
}
