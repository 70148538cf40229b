/** @jsxImportSource preact */
import type { SeenCall } from '../seen/seen-request.js';

type Outcome = NonNullable<SeenCall['end']>['outcome'];

const TONES: Readonly<Record<Outcome, string>> = {
  hit: 'read',
  ok: 'write',
  renewed: 'write',
  taken_over: 'write',
  waited: 'read',
  miss: 'quiet',
  expired: 'quiet',
  conflict: 'conflict',
  rejected: 'bad',
  error: 'bad',
  failed: 'bad',
};

/** That a fault of the studio hit a call. */
export function OnPurposeTag() {
  return (
    <>
      {' '}
      <span class="tag conflict">on purpose</span>
    </>
  );
}

/** How a call ended. */
export function OutcomeTag({ outcome }: { readonly outcome: string }) {
  const tone = Object.hasOwn(TONES, outcome) ? TONES[outcome as Outcome] : 'quiet';
  return <span class={`tag ${tone}`}>{outcome.replace('_', ' ')}</span>;
}
