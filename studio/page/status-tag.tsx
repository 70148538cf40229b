/** @jsxImportSource preact */
import type { SeenRequest } from '../seen/seen-request.js';

const TONES = ['quiet', 'quiet', 'write', 'read', 'conflict', 'bad'];

/** How a request was answered, or that it was not. */
export function StatusTag({ state }: Pick<SeenRequest, 'state'>) {
  if (state.is !== 'answered') return <span class="tag quiet">{state.is}</span>;
  return <span class={`tag ${TONES[Math.floor(state.status / 100)] ?? 'bad'}`}>{state.status}</span>;
}
