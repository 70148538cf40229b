// RESULTS.md, of what the tables measured.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { findRedis } from '../scripts/find-redis.mjs';
import { nextVersion } from './next-versions.mjs';

const require = createRequire(import.meta.url);

export function resultsPage(results) {
  return `# Results

Written by \`npm run all\` in \`bench\`. Times depend on the machine and on what else it does: only what stands in one
table was measured in one run, in turns. A ratio is the median of the turns' ratios, its range the middle half of them.

${versions()}

${results.map(resultOf).join('\n')}`;
}

function versions() {
  const redis = /v=(\S+)/.exec(execFileSync(findRedis(), ['--version'], { encoding: 'utf8' }))[1];
  const packages = ['ioredis', 'redis', 'express-session', 'connect-redis'].map(
    (name) => `${name} ${versionOf(name)}`,
  );
  const own = ['iron-session', 'autocannon'].map((name) => `${name} ${versionOf(name)}`);
  const next = `Next ${nextVersion('next-16')} and ${nextVersion('next-15')}`;
  const all = [`Node ${process.version}`, next, `Redis ${redis} on loopback`, ...packages, ...own].join(', ');
  return `${cpus().length} × ${cpus()[0].model.trim()}; ${all}.`;
}

/** Some packages export nothing but their code. */
function versionOf(name) {
  for (const folder of require.resolve.paths(name)) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')).version;
    } catch {}
  }
  return '?';
}

function resultOf({ name, title, about, measuredOn, sections }) {
  return `## ${title}

${about}

\`npm run ${name}\`, ${measuredOn}.

${sections.map(sectionOf).join('\n')}`;
}

function sectionOf({ title, columns, rows }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return `${title ? `**${title}**\n\n` : ''}${line(columns)}
${line(columns.map((_, index) => (index === 0 ? '---' : '--:')))}
${rows.map(line).join('\n')}
`;
}
