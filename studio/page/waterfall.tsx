/** @jsxImportSource preact */
import type { SeenCall, SeenRequest } from '../seen/seen-request.js';
import { CallBars, lengthOf } from './call-bars.js';
import { bytes, duration, seconds } from './format.js';
import { OnPurposeTag, OutcomeTag } from './outcome-tag.js';
import { retriesBefore } from './retries.js';
import { SessionTag } from './session-tag.js';
import { type Column, TableHead } from './table-head.js';

const COLUMNS: readonly Column[] = [
  { title: 'Call', look: '' },
  { title: 'Outcome', look: '' },
  { title: 'Size', look: 'number' },
  { title: 'TTL', look: 'number' },
  { title: 'Took', look: 'number' },
];

/** The calls of a request, each where and as long as it was. */
export function Waterfall({ request }: { readonly request: SeenRequest }) {
  const { calls, moreCalls, sessions } = request;
  if (calls.length === 0) return <p class="quiet">It made no call of the store.</p>;
  const total = lengthOf(request);
  return (
    <>
      <table class="waterfall">
        <caption class="hidden">Calls of the store</caption>
        <TableHead columns={[...COLUMNS, { title: `0 to ${duration(total)}`, look: 'bars' }]} />
        <tbody>
          {calls.map((call, at) => (
            <Row
              // biome-ignore lint/suspicious/noArrayIndexKey: calls are added at the end, and never move
              key={at}
              call={call}
              hasSession={sessions.length > 1}
              retries={retriesBefore(calls, at)}
              total={total}
            />
          ))}
        </tbody>
      </table>
      {moreCalls > 0 && <p class="quiet">And {moreCalls} more calls.</p>}
    </>
  );
}

interface RowProps {
  readonly call: SeenCall;
  /** Whether to say which session it is about. */
  readonly hasSession: boolean;
  /** How often the call had been tried before. */
  readonly retries: number;
  /** Milliseconds. */
  readonly total: number;
}

function Row({ call, hasSession, retries, total }: RowProps) {
  const { operation, store, session, isFaulted, end } = call;
  return (
    <tr>
      <th scope="row">
        {operation} <span class="quiet">{store}</span>
        {hasSession && session !== null && (
          <>
            {' '}
            <SessionTag handle={session} />
          </>
        )}
      </th>
      <td>
        {end ? <OutcomeTag outcome={end.outcome} /> : 'under way'}
        {isFaulted && <OnPurposeTag />}
        {[end?.source?.replace('_', ' '), end?.errorType, retries > 0 && `retry ${retries}`]
          .filter(Boolean)
          .map((word) => (
            <span class="quiet" key={word}>
              {' '}
              {word}
            </span>
          ))}
      </td>
      <td class="number">{end?.size !== undefined && bytes(end.size)}</td>
      <td class="number">{end?.ttl !== undefined && seconds(end.ttl)}</td>
      <td class="number">{end ? duration(end.durationMs) : '…'}</td>
      <td class="bars">
        <CallBars calls={[call]} total={total} />
      </td>
    </tr>
  );
}
