import { readFileSync } from 'node:fs';
import type { Login } from './redis-clients.js';
import type { RedisServer } from './redis-server.js';

const document = readFileSync(new URL('../../../docs/redis.md', import.meta.url), 'utf8');

/** Whom docs/redis.md tells to make. */
const [, rules = ''] = /^ACL SETUSER sessions (on >password [^`]*)```/m.exec(document) ?? [];

/** A client for which the document lists further commands. */
export type FurtherCommands = 'ioredis' | 'a cluster' | 'a `Cluster` of ioredis' | 'the option `nearCache`';

/** The user of docs/redis.md. It has only the commands that the page lists for these clients. */
export class RedisUser {
  readonly login: Login = { username: 'sessions', password: 'password' };
  readonly #rules: readonly string[];

  constructor(further: readonly FurtherCommands[]) {
    this.#rules = [...rules.split(/\s+/).filter(Boolean), ...further.flatMap(rulesFor)];
  }

  /** What it may send, in alphabetical order. */
  get commands(): string[] {
    const allowed = this.#rules.filter((rule) => rule.startsWith('+')).map((rule) => rule.slice(1));
    return [...new Set(allowed)].sort();
  }

  /** Makes this user on a server, and begins to count what is sent there. */
  async enter(server: RedisServer): Promise<void> {
    const answer = await server.command('ACL', 'SETUSER', this.login.username ?? '', 'reset', ...this.#rules);
    if (answer !== 'OK') throw new Error(`ACL SETUSER: ${answer}`);
    await server.command('CONFIG', 'RESETSTAT');
  }
}

function rulesFor(client: FurtherCommands): string[] {
  const row = document.split('\n').find((line) => line.startsWith(`- ${client}: \`+`));
  if (!row) throw new Error(`docs/redis.md lists no commands for ${client}.`);
  return [...row.matchAll(/`([+&]\S+)`/g)].map(([, rule = '']) => rule);
}

/** What everybody may send, what a test itself sends, and what primaries and replicas send each other. */
const OTHERS = new Set(
  'auth hello config|resetstat ping replconf select multi exec pexpireat unlink'.split(' '),
);

/** Returns what these servers were sent, also by scripts, in alphabetical order. */
export async function commandsSentTo(servers: readonly RedisServer[]): Promise<string[]> {
  const stats = await Promise.all(servers.map((server) => server.command('INFO', 'commandstats')));
  const names = [...stats.join('\n').matchAll(/^cmdstat_([^:]+):calls=[1-9]/gm)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => !OTHERS.has(name)).sort();
}
