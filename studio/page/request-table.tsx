/** @jsxImportSource preact */
import { Component } from 'preact';
import type { SeenRequest } from '../seen/seen-request.js';
import { clockTime, duration } from './format.js';
import { hasFailed } from './request-filter.js';

interface TableProps {
  readonly requests: readonly SeenRequest[];
  readonly chosen: number | null;
  readonly onChoose: (id: number) => void;
}

/** The requests, the last one first. */
export function RequestTable({ requests, chosen, onChoose }: TableProps) {
  return (
    <table class="requests">
      <caption class="hidden">Requests, the last one first</caption>
      <thead>
        <tr>
          <th scope="col" class="wide-only">
            Time
          </th>
          <th scope="col">Request</th>
          <th scope="col">Status</th>
          <th scope="col">Took</th>
          <th scope="col">Calls</th>
        </tr>
      </thead>
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
    const { id, startedAt, method, path, state, calls } = request;
    return (
      <tr class={isChosen ? 'chosen' : ''} aria-current={isChosen}>
        <td class="number wide-only">{clockTime(startedAt)}</td>
        <td class="path">
          <button type="button" onClick={() => onChoose(id)}>
            <b>{method}</b> {path}
          </button>
        </td>
        <td class={state.is === 'answered' && state.status >= 500 ? 'bad number' : 'number'}>
          {state.is === 'answered' ? state.status : state.is}
        </td>
        <td class="number">{state.is === 'running' ? '…' : duration(state.durationMs)}</td>
        <td class={calls.some(hasFailed) ? 'bad' : ''}>{callsOf(request)}</td>
      </tr>
    );
  }
}

/** Returns the calls in a few words: `get hit, set ok`. */
function callsOf({ calls, cookie }: SeenRequest): string {
  const words = calls.slice(0, 3).map(({ operation, end }) => `${operation} ${end?.outcome ?? '…'}`);
  if (calls.length > 3) words.push(`${calls.length - 3} more`);
  if (cookie === 'refused') words.push('cookie refused');
  return words.join(', ');
}
