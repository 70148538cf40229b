// The chart of docs/performance.md, drawn from RESULTS.md.
import { table } from './read-results.mjs';

const WIDTH = 840;
const PANEL = 280;
const BAR = 22;
const GAP = 34;
const TOP = 62;
const FONT = 'font-family="system-ui, sans-serif"';

/** What the chart calls each contestant, and what RESULTS.md calls it. */
const CONTESTANTS = [
  ['next-app-session 2', 'next-app-session 2'],
  ['next-app-session 1.0.7', 'next-app-session 1.0.7, Next 15'],
  ['express-session', 'express-session, Express'],
];

export function panels(page) {
  const contention = table(page, 'Contention');
  const frozen = table(page, 'Outage', 'Frozen');
  const reads = table(page, 'Over HTTP', 'read 5, 1 connection');
  const bars = (value) => CONTESTANTS.map(([label, name]) => ({ label, ...value(name) }));
  return [
    {
      title: '200 parallel increments',
      subtitle: 'kept, more is better',
      bars: bars((name) => measured(Number.parseInt(contention[name]['increments kept'], 10), '')),
    },
    {
      title: 'A request while Redis hangs',
      subtitle: 'median wait, less is better',
      bars: bars((name) => measured(Number(frozen[name]['median wait s']), ' s')),
    },
    {
      title: 'A request that reads 5 keys',
      subtitle: 'Redis commands, less is better',
      bars: bars((name) => measured(Math.round(Number(reads[name]['Redis commands/request'])), '')),
    },
  ];
}

export function drawChart(page) {
  const drawn = panels(page).map((panel, index) => drawPanel(panel, index * PANEL));
  const height = TOP + CONTESTANTS.length * (BAR + GAP);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>next-app-session 2 next to next-app-session 1.0.7 and express-session</title>
<rect width="${WIDTH}" height="${height}" rx="8" fill="#ffffff"/>
${drawn.join('\n')}
</svg>
`;
}

function measured(value, unit) {
  return { value, text: `${value}${unit}` };
}

function drawPanel({ title, subtitle, bars }, left) {
  const longest = Math.max(...bars.map(({ value }) => value));
  const x = left + 20;
  const bar = ({ label, value, text }, index) => {
    const y = TOP + index * (BAR + GAP);
    const width = Math.max(2, (value / longest) * (PANEL - 90));
    const fill = index === 0 ? '#0f766e' : '#cbd5e1';
    return `<text x="${x}" y="${y + 8}" ${FONT} font-size="12" fill="#475569">${label}</text>
<rect x="${x}" y="${y + 14}" width="${width.toFixed(1)}" height="${BAR}" rx="3" fill="${fill}"/>
<text x="${(x + width + 8).toFixed(1)}" y="${y + 30}" ${FONT} font-size="13" fill="#0f172a">${text}</text>`;
  };
  return `<text x="${x}" y="26" ${FONT} font-size="14" font-weight="600" fill="#0f172a">${title}</text>
<text x="${x}" y="44" ${FONT} font-size="12" fill="#64748b">${subtitle}</text>
${bars.map(bar).join('\n')}`;
}
