import '@/styles/waterfall.css';
import { useId } from 'react';
import type { RequestReport, Row } from '@/lib/trace-report';
import { milliseconds } from './milliseconds';

const KINDS = { next: 'Next.js', store: 'Session store', driver: 'Driver' } as const;

/** What a phone has no room for. */
const PREFIX = 'next_app_session.';

type WaterfallProps = { title: string; requests: readonly RequestReport[] };

/** Requests, each with the spans from Next down to the driver. */
export function Waterfall({ title, requests }: WaterfallProps) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <div className="waterfall-head">
        <h2 id={id}>{title}</h2>
        <ul className="legend" aria-label="Kinds of spans">
          {Object.entries(KINDS).map(([kind, label]) => (
            <li key={kind}>
              <span className={`swatch ${kind}`} /> {label}
            </li>
          ))}
        </ul>
      </div>
      {requests.length === 0 && <p className="hint">No request yet. The button above makes some.</p>}
      {requests.map((request) => (
        <article key={request.id} className="request" aria-labelledby={`request-${request.id}`}>
          <h3 id={`request-${request.id}`}>
            <span>{request.title}</span> <Status {...request} />
            <span className="took">· {milliseconds(request.duration)}</span>
          </h3>
          <ol>
            {request.rows.map((row) => (
              <Span key={row.id} row={row} />
            ))}
          </ol>
          {request.rows.every(({ kind }) => kind === 'next') && <p className="hint">No store call.</p>}
        </article>
      ))}
    </section>
  );
}

function Status({ status }: RequestReport) {
  if (status === undefined) return null;
  return status < 500 ? <span>{status} </span> : <span className="error">{status} failed </span>;
}

function Span({ row }: { row: Row }) {
  const { kind, name, depth, offset, left, width, duration, outcome, error, failed, size, ttl } = row;
  const state = outcome ?? (failed ? 'error' : undefined);
  return (
    <li className={`span ${kind}`}>
      <span
        className="span-name"
        title={name}
        style={{ paddingInlineStart: `${Math.min(depth, 6) * 0.75}rem` }}
      >
        <span className="hidden">{KINDS[kind]}: </span>
        {kind === 'store' && <span className="span-prefix">{PREFIX}</span>}
        {name.replace(PREFIX, '')}
      </span>
      <span className="span-notes">
        {state && <span className={`outcome ${state}`}>{error ?? state}</span>}
        {size !== undefined && <span>{size} B</span>}
        {ttl !== undefined && (
          <span>
            <abbr title="Time to live">ttl</abbr> {ttl} s
          </span>
        )}
      </span>
      <span className="track" aria-hidden="true">
        <span
          className="bar"
          style={{ insetInlineStart: `${Math.min(left, 99)}%`, inlineSize: `${width}%` }}
        />
      </span>
      <span className="span-times">
        <span className="offset">
          <span className="hidden">begins at </span>
          <span aria-hidden="true">+</span>
          {milliseconds(offset)}
        </span>{' '}
        <span className="took">
          <span className="hidden">takes </span>
          {milliseconds(duration)}
        </span>
      </span>
    </li>
  );
}
