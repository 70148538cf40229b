/** @jsxImportSource preact */
import type { SeenCall, SeenRequest } from '../seen/seen-request.js';
import { bytes, duration, seconds } from './format.js';
import { hasFailed } from './request-filter.js';
import { retriesBefore } from './retries.js';

const WIDTH = 1000;

/** The calls of a request, each where and as long as it was. */
export function Waterfall({ request }: { readonly request: SeenRequest }) {
  const { calls, moreCalls } = request;
  if (calls.length === 0) return <p class="quiet">It made no call of the store.</p>;
  const total = lengthOf(request);
  return (
    <>
      <table class="waterfall">
        <caption class="hidden">Calls of the store</caption>
        <thead>
          <tr>
            <th scope="col">Call</th>
            <th scope="col">Outcome</th>
            <th scope="col">Time</th>
            <th scope="col" class="bars">
              From 0 to {duration(total)}
            </th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: calls are added at the end, and never move
            <Row key={at} call={call} retries={retriesBefore(calls, at)} total={total} />
          ))}
        </tbody>
      </table>
      {moreCalls > 0 && <p class="quiet">And {moreCalls} more calls.</p>}
    </>
  );
}

interface RowProps {
  readonly call: SeenCall;
  /** How often the call had been tried before. */
  readonly retries: number;
  /** Milliseconds. */
  readonly total: number;
}

function Row({ call, retries, total }: RowProps) {
  const { operation, store, end, atMs } = call;
  const scale = WIDTH / Math.max(total, 0.01);
  const width = Math.max(6, (end?.durationMs ?? total - atMs) * scale);
  return (
    <tr class={kindOf(call)}>
      <th scope="row">
        {operation} <span class="quiet">{store}</span>
        {retries > 0 && ` retry ${retries}`}
      </th>
      <td>
        {end
          ? [
              end.outcome,
              end.source?.replace('_', ' '),
              end.errorType,
              end.size !== undefined && bytes(end.size),
              end.ttl !== undefined && `lives ${seconds(end.ttl)}`,
            ]
              .filter(Boolean)
              .join(' · ')
          : 'under way'}
      </td>
      <td class="number">{end ? duration(end.durationMs) : '…'}</td>
      <td class="bars">
        <svg viewBox={`0 0 ${WIDTH} 14`} preserveAspectRatio="none" aria-hidden="true">
          <rect x={Math.min(atMs * scale, WIDTH - width)} y="2" width={width} height="10" rx="2" />
        </svg>
      </td>
    </tr>
  );
}

function kindOf(call: SeenCall): string {
  if (hasFailed(call)) return 'failed';
  return call.end?.outcome === 'conflict' ? 'conflict' : call.operation;
}

/** Returns how long a request took, or its calls so far: a call may go on after the response. */
function lengthOf({ state, calls }: SeenRequest): number {
  const ends = calls.map(({ atMs, end }) => atMs + (end?.durationMs ?? 1));
  return Math.max(state.is === 'running' ? 0 : state.durationMs, ...ends);
}
