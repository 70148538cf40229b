'use client';

import { useActionState } from 'react';
import { type ExperimentName, runExperiment } from './actions';

/** A button that runs an experiment on the server, and what came out. It works without JavaScript, too. */
export function Experiment({ name, title }: { name: ExperimentName; title: string }) {
  const [observations, action, pending] = useActionState(runExperiment, []);
  return (
    <div className="demo">
      <form action={action}>
        <input type="hidden" name="experiment" value={name} />
        <button type="submit" className="primary" disabled={pending}>
          Run {title}
        </button>
      </form>
      <ol className="observations" aria-label={`What ${title} showed`} aria-live="polite">
        {observations.map(({ what, value, calls }) => (
          <li key={what}>
            <span>{what}</span>
            <code>{value}</code>
            <span className="calls">
              {calls.map(({ operation, outcome }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: they are the calls in their order
                <span key={index} className={`outcome ${outcome}`}>
                  {operation} {outcome}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
