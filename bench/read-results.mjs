// RESULTS.md, back into tables, from which the chart is drawn and docs/performance.md is checked.

/** The rows of a table by their first cell: `table(page, 'Outage', 'Frozen')['next-app-session 2']['failed']`. */
export function table(page, heading, title = '') {
  const [, section] = page.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`RESULTS.md has no section ${heading}.`);
  const lines = section.split('\n## ')[0].split('\n');
  const from = title ? lines.indexOf(`**${title}**`) : 0;
  const start = lines.findIndex((line, index) => index >= from && line.startsWith('|'));
  if (from < 0 || start < 0) throw new Error(`RESULTS.md has no table ${title} in ${heading}.`);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  const [header, , ...rows] = lines.slice(start, end).map(cells);
  const row = ([name, ...values]) => [
    name,
    Object.fromEntries(values.map((cell, n) => [header[n + 1], cell])),
  ];
  return Object.fromEntries(rows.map(row));
}

function cells(line) {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
