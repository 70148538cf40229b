/** @jsxImportSource preact */
import type { SeenCall, SeenRequest } from '../seen/seen-request.js';
import { hasFailed } from './request-filter.js';

const WIDTH = 1000;
/** Shorter calls are drawn so wide, to be seen. */
const LEAST = 14;
/** More calls in one bar are not told apart. */
const MAX_CALLS = 50;

interface Props {
  readonly calls: readonly SeenCall[];
  /** How long the request took, in milliseconds. */
  readonly total: number;
}

/** Calls, each where and as long as it was in its request. */
export function CallBars({ calls, total }: Props) {
  const scale = WIDTH / Math.max(total, 0.01);
  return (
    <svg class="call-bars" viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true">
      {calls.slice(0, MAX_CALLS).map((call, at) => {
        const width = Math.max(LEAST, (call.end?.durationMs ?? total - call.atMs) * scale);
        const x = Math.min(call.atMs * scale, WIDTH - width);
        // biome-ignore lint/suspicious/noArrayIndexKey: calls are added at the end, and never move
        return <rect key={at} class={kindOf(call)} x={x} width={width} height="10" />;
      })}
    </svg>
  );
}

function kindOf(call: SeenCall): string {
  if (hasFailed(call)) return 'failed';
  return call.end?.outcome === 'conflict' ? 'conflict' : call.operation;
}

/** Returns how long a request took, or its calls so far: a call may go on after the response. */
export function lengthOf({ state, calls }: SeenRequest): number {
  const ends = calls.map(({ atMs, end }) => atMs + (end?.durationMs ?? 1));
  return Math.max(state.is === 'running' ? 0 : state.durationMs, ...ends);
}
