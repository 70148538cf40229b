/** @jsxImportSource preact */
import { Component } from 'preact';
import type { SeenRequest } from '../seen/seen-request.js';
import { CallBars, lengthOf } from './call-bars.js';
import { scrollTo } from './focus.js';
import { clockTime, duration } from './format.js';
import { OnPurposeTag, OutcomeTag } from './outcome-tag.js';
import { SessionTag } from './session-tag.js';
import { StatusTag } from './status-tag.js';
import { type Column, TableHead } from './table-head.js';

const MAX_CALLS = 3;

const COLUMNS: readonly Column[] = [
  { title: 'Time', look: 'time roomy-only' },
  { title: 'Request', look: '' },
  { title: 'Session', look: 'session wide-only' },
  { title: 'Status', look: 'status' },
  { title: 'Took', look: 'took number' },
  { title: 'Calls', look: 'calls' },
  { title: 'When', look: 'bars roomy-only' },
];

interface TableProps {
  readonly requests: readonly SeenRequest[];
  readonly chosen: number | null;
  readonly onChoose: (id: number) => void;
}

/** The requests, the last one first. */
export function RequestTable({ requests, chosen, onChoose }: TableProps) {
  return (
    <table class="rows requests">
      <caption class="hidden">Requests, the last one first</caption>
      <TableHead columns={COLUMNS} />
      <tbody>
        {requests.map((request) => (
          <Row key={request.id} request={request} isChosen={request.id === chosen} onChoose={onChoose} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly request: SeenRequest;
  readonly isChosen: boolean;
  readonly onChoose: (id: number) => void;
}

/** Drawn again only if its request has changed: there may be a hundred new ones a second. */
class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    return next.request !== this.props.request || next.isChosen !== this.props.isChosen;
  }

  override render({ request, isChosen, onChoose }: RowProps) {
    const { id, startedAt, method, path, state, sessions, calls } = request;
    return (
      <tr
        ref={isChosen ? scrollTo : null}
        class={isChosen ? 'chosen' : ''}
        aria-current={isChosen}
        onClick={() => onChoose(id)}
      >
        <td class="roomy-only">{clockTime(startedAt)}</td>
        <td class="path">
          <button type="button" title={path}>
            <span class={`method ${method.toLowerCase()}`}>{method}</span> {path}
          </button>
        </td>
        <td class="wide-only">
          {sessions.slice(0, 1).map((handle) => (
            <SessionTag key={handle} handle={handle} />
          ))}
          {sessions.length > 1 && <span class="quiet"> + {sessions.length - 1}</span>}
        </td>
        <td>
          <StatusTag state={state} />
        </td>
        <td class="number">{state.is === 'running' ? '…' : duration(state.durationMs)}</td>
        <td>
          <Calls request={request} />
        </td>
        <td class="roomy-only">{calls.length > 0 && <CallBars calls={calls} total={lengthOf(request)} />}</td>
      </tr>
    );
  }
}

/** The calls in a few words. */
function Calls({ request }: { readonly request: SeenRequest }) {
  const { calls, cookie, warnings } = request;
  return (
    <>
      {cookie === 'refused' && <span class="tag bad">cookie refused</span>}{' '}
      {warnings.length > 0 && <span class="tag conflict">warning</span>}{' '}
      {calls.slice(0, MAX_CALLS).map(({ operation, isFaulted, end }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: calls are added at the end, and never move
        <span class="call" key={at}>
          <span class="wide-only">{operation}</span> {end ? <OutcomeTag outcome={end.outcome} /> : '…'}
          {isFaulted && <OnPurposeTag />}{' '}
        </span>
      ))}
      {calls.length > MAX_CALLS && <span class="quiet">{calls.length - MAX_CALLS} more</span>}
    </>
  );
}
