import '@/styles/latency.css';
import { BOUNDS, type OperationReport } from '@/lib/trace-report';
import { milliseconds } from './milliseconds';

const OUTCOMES = ['hit', 'miss', 'expired', 'ok', 'conflict', 'error'];
const PERCENTILES = ['p50', 'p95', 'p99'] as const;

/** How long the store takes, by operation. */
export function Latency({ operations }: { operations: readonly OperationReport[] }) {
  return (
    <section aria-labelledby="latency">
      <h2 id="latency">Store latency</h2>
      {operations.length === 0 ? (
        <p className="hint">No store call yet. Visiting a page without a session makes none.</p>
      ) : (
        <>
          <p className="hint">
            The bars count calls that took up to {BOUNDS.join(', ')} ms, and longer, from left to right.
          </p>
          <table className="latency">
            <thead>
              <tr>
                <th scope="col">Operation</th>
                <th scope="col">Distribution</th>
                {PERCENTILES.map((name) => (
                  <th key={name} scope="col" className="number">
                    {name}
                  </th>
                ))}
                <th scope="col">Outcomes</th>
              </tr>
            </thead>
            <tbody>
              {operations.map((operation) => (
                <tr key={operation.operation}>
                  <th scope="row">
                    <code>{operation.operation}</code>
                  </th>
                  <td className="distribution">
                    <Histogram {...operation} />
                  </td>
                  {PERCENTILES.map((name) => (
                    <td key={name} className="number" data-name={name}>
                      {milliseconds(operation[name])}
                    </td>
                  ))}
                  <td className="counts">
                    <Outcomes {...operation} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

function Histogram({ operation, calls, buckets }: OperationReport) {
  const most = Math.max(...buckets, 1);
  const said = buckets.flatMap((count, index) => (count > 0 ? `${count} ${rangeOf(index)}` : []));
  return (
    <div role="img" className="histogram" aria-label={`${calls} calls of ${operation}: ${said.join(', ')}`}>
      {buckets.map((count, index) => (
        <span
          key={rangeOf(index)}
          title={`${count} ${rangeOf(index)}`}
          className={count > 0 ? 'filled' : ''}
          style={{ blockSize: `${Math.max(6, (count / most) * 100)}%` }}
        />
      ))}
    </div>
  );
}

function rangeOf(index: number): string {
  const bound = BOUNDS[index];
  return bound === undefined ? `over ${BOUNDS.at(-1)} ms` : `up to ${bound} ms`;
}

function Outcomes({ outcomes }: OperationReport) {
  return (
    <ul className="outcomes">
      {OUTCOMES.filter((outcome) => outcomes[outcome]).map((outcome) => (
        <li key={outcome} className={`outcome ${outcome}`}>
          {outcomes[outcome]} {outcome}
        </li>
      ))}
    </ul>
  );
}
