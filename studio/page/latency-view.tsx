/** @jsxImportSource preact */
import type { Latency } from '../seen/latency.js';
import type { Connection } from './connection.js';
import { duration } from './format.js';
import { OutcomeTag } from './outcome-tag.js';
import { type Column, TableHead } from './table-head.js';
import { usePolled } from './use-polled.js';

/** The columns of durations. A phone has no room for all of them. */
const DURATIONS = [
  { title: 'Half within', of: 'p50', look: 'number wide-only' },
  { title: '90 % within', of: 'p90', look: 'number wide-only' },
  { title: '99 % within', of: 'p99', look: 'number' },
  { title: 'Longest', of: 'max', look: 'number wide-only' },
] as const;

const COLUMNS: readonly Column[] = [
  { title: 'Call', look: '' },
  { title: 'Outcome', look: '' },
  { title: 'Calls', look: 'number' },
  ...DURATIONS,
  { title: 'Distribution', look: '' },
];

/** How long store calls took, by operation and outcome. */
export function LatencyView({ connection }: { readonly connection: Connection }) {
  const { value, error, ask } = usePolled<readonly Latency[]>(connection, 'latency', '{}');
  const clear = async () => {
    // If the app does not answer, the next question says so.
    await connection.call('latency/clear').catch(() => {});
    await ask();
  };
  return (
    <div class="view">
      <p class="buttons">
        <span class="quiet">The last thousand calls of each kind.</span>
        <button type="button" onClick={clear}>
          Reset
        </button>
      </p>
      {error !== null && <p class="warning">{error}</p>}
      {value?.length === 0 && <p class="quiet">No call of the store yet. Use the app.</p>}
      {value && value.length > 0 && <LatencyTable kinds={value} />}
    </div>
  );
}

function LatencyTable({ kinds }: { readonly kinds: readonly Latency[] }) {
  return (
    <table class="rows latency">
      <caption class="hidden">Durations of store calls</caption>
      <TableHead columns={COLUMNS} />
      <tbody>
        {kinds.map((kind) => (
          <tr key={`${kind.operation} ${kind.outcome}`}>
            <th scope="row">{kind.operation}</th>
            <td>
              <OutcomeTag outcome={kind.outcome} />
            </td>
            <td class="number">{kind.count}</td>
            {DURATIONS.map(({ title, look, of }) => (
              <td class={look} key={title}>
                {duration(kind[of])}
              </td>
            ))}
            <td class="bars">
              <Distribution buckets={kind.buckets} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Distribution({ buckets }: Pick<Latency, 'buckets'>) {
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  return (
    <svg class="distribution" viewBox={`0 0 ${buckets.length * 10} 24`} preserveAspectRatio="none" role="img">
      <title>
        {buckets
          .filter(({ count }) => count > 0)
          .map(wordsOf)
          .join(', ')}
      </title>
      {buckets.map(({ upTo, count }, at) => {
        const height = count === 0 ? 0 : Math.max(2, (count / most) * 24);
        return <rect key={upTo} x={at * 10 + 1} y={24 - height} width="8" height={height} />;
      })}
    </svg>
  );
}

function wordsOf({ upTo, count }: Latency['buckets'][number]): string {
  return upTo === Number.MAX_VALUE ? `${count} longer` : `${count} up to ${duration(upTo)}`;
}
