import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { findMariaDb } from '../../scripts/find-mariadb.mjs';
import { findPostgres } from '../../scripts/find-postgres.mjs';
import { findRedis } from '../../scripts/find-redis.mjs';
import { Tally } from './tally.js';

const ABOUT =
  'Random operations on sessions by 4 processes with 4 clients each, while processes and servers are killed and paused, ' +
  'replicas take over, and connections are cut or fall silent. On `memory`, 16 clients are in one process. *Refused* had no ' +
  'effect; *unknown* may have had one, and the error said so. *Lost by a failover* counts the sessions of which a new ' +
  'primary of Redis lacked something acknowledged. *Broken* counts the sessions whose history breaks a promise.';

/** Writes what was measured, with date, machine and versions, to `bench/results`. */
export function writeResults(seed: string, tallies: readonly Tally[]): void {
  const measuredOn = new Date().toISOString().slice(0, 10);
  const result = {
    measuredOn,
    title: 'Soak',
    about: ABOUT,
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}; ${versions().join(', ')}`,
    seed,
    sections: [
      { title: '', columns: Tally.columns, rows: tallies.map(({ row }) => row) },
      {
        title: 'Faults',
        columns: ['', 'how often'],
        rows: tallies.map(({ store, faults }) => [store, faults]),
      },
    ],
  };
  const sections = result.sections.map(({ title, columns, rows }) => {
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    const head = [line(columns), line(columns.map(() => '---'))];
    return [...(title ? [`**${title}**`, ''] : []), ...head, ...rows.map(line)].join('\n');
  });
  const page = [
    '# Soak',
    `Written by \`npm run soak -- --results\`, ${measuredOn}, seed ${seed}.`,
    ABOUT,
    `${result.machine}.`,
  ];
  writeFileSync('bench/results/soak.json', `${JSON.stringify(result, null, 1)}\n`);
  writeFileSync('bench/results/soak.md', `${[...page, ...sections].join('\n\n')}\n`);
}

function versions(): string[] {
  const first = (file: string, pattern: RegExp) =>
    pattern.exec(execFileSync(file, ['--version'], { encoding: 'utf8' }))?.[1] ?? '?';
  const packages = ['ioredis', 'pg', 'mysql2'].map((name) => `${name} ${versionOf(name)}`);
  const servers = [
    ['Redis', findRedis(), /v=(\S+)/],
    ['PostgreSQL', findPostgres(), /(\d[\d.]*)/],
    ['MariaDB', findMariaDb()?.server, /Ver (\S+)/],
  ] as const;
  const found = servers.map(([name, file, pattern]) => `${name} ${file ? first(file, pattern) : '?'}`);
  return [`next-app-session ${versionOf('.')}`, `Node ${process.version}`, ...found, ...packages];
}

function versionOf(name: string): string {
  const file = name === '.' ? 'package.json' : `node_modules/${name}/package.json`;
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
