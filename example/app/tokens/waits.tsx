import type { Outcome } from './send-at-once';

/** How long each request waited, and how often the provider was asked meanwhile. */
export function Waits({ outcome }: { outcome: Outcome | null }) {
  return (
    <div className="waits" role="status">
      {outcome && <Answers {...outcome} />}
    </div>
  );
}

function Answers({ answers, renewals }: Outcome) {
  const longest = Math.max(...answers.map(({ took }) => took));
  return (
    <>
      <p>
        {answers.length} answers.{' '}
        {renewals === null
          ? 'This provider does not say how often it was asked.'
          : `The provider was asked ${renewals === 1 ? 'once' : `${renewals} times`}.`}
      </p>
      <ol aria-label="How long each request took">
        {answers.map(({ of, took }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are the requests in their order
          <li key={index}>
            <span>{of}</span>
            <span className="track">
              <span className="bar" style={{ inlineSize: `${(took / longest) * 100}%` }} />
            </span>
            <span className="took">{Math.round(took)} ms</span>
          </li>
        ))}
      </ol>
      <p className="hint">
        A browser has six connections to a server: the first six requests wait for the renewal, the others for
        a connection.
      </p>
    </>
  );
}
