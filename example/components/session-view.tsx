import type { SessionSummary } from '@/lib/describe-session';
import { Time } from './time';

/** Both halves of a session: what the browser holds, and what the server holds. */
export function SessionView({ summary }: { summary: SessionSummary }) {
  const { data, fingerprint, createdAt, expiresAt } = summary;
  return (
    <aside className="session" aria-label="Your session">
      <div className="halves">
        <section className="half browser">
          <h2 className="half-title">Your browser holds</h2>
          {fingerprint ? (
            <>
              <p className="cookie">
                sid=<mark>#{fingerprint}</mark>.signature
              </p>
              <p className="note">
                A signed ID that no script can read. #{fingerprint} is a fingerprint of it: the ID itself
                stays out of the page.
              </p>
            </>
          ) : (
            <p className="note">No cookie. Visiting a page creates nothing.</p>
          )}
        </section>
        <section className="half server">
          <h2 className="half-title">The server holds</h2>
          {createdAt && expiresAt ? (
            <>
              <pre className="record">{JSON.stringify(data, null, 2)}</pre>
              <dl className="dates">
                <dt>Created</dt>
                <dd>
                  <Time value={createdAt} />
                </dd>
                <dt>Ends unless used</dt>
                <dd>
                  <Time value={expiresAt} />
                </dd>
              </dl>
            </>
          ) : (
            <p className="note">No record. The first write makes one.</p>
          )}
        </section>
      </div>
    </aside>
  );
}
