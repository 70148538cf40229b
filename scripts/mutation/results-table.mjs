// The page of the last whole run.
import { readFileSync } from 'node:fs';
import { countsOf, scoreOf } from './survivors.mjs';

/** Returns the page as Markdown. */
export function resultsTable(results) {
  const counted = results.map(([folder, report]) => [`\`${folder}\``, countsOf(report)]);
  const total = counted.reduce(
    (sum, [, { noticed, survived }]) => ({
      noticed: sum.noticed + noticed,
      survived: sum.survived + survived,
    }),
    { noticed: 0, survived: 0 },
  );
  return [
    '# Mutations',
    '',
    `\`npm run mutation\` on ${new Date().toISOString().slice(0, 10)}, with Stryker ${versionOf('scripts/mutation/node_modules/@stryker-mutator/core')}`,
    `and Vitest ${versionOf('node_modules/vitest')}. Each mutant is one change of one place. \`survivors.json\` lists those that no test noticed.`,
    '',
    '| folder | noticed | survived | score |',
    '|---|---|---|---|',
    ...[...counted, ['all', total]].map(
      ([name, counts]) =>
        `| ${name} | ${counts.noticed} | ${counts.survived} | ${scoreOf(counts).toFixed(1)} % |`,
    ),
    '',
  ].join('\n');
}

function versionOf(folder) {
  return JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).version;
}
