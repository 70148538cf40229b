import type { Metadata } from 'next';
import { Page } from '@/components/page';
import { Sample } from '@/components/sample';
import { SessionPanel } from '@/components/session-panel';
import { session } from '@/lib/session';
import { samples } from '@/samples';
import { Counter } from './counter';
import { NaiveCounter } from './naive-counter';
import '@/styles/counter.css';

export const metadata: Metadata = { title: 'Counter' };

export default async function CounterPage() {
  const count = await session().get('count');
  return (
    <Page
      title="Counter"
      where="Route Handler"
      lead="Click as fast as you like, or from two tabs at once: every click is a request of its own, and every one counts."
      docs={{
        'Change what is there': 'docs/sessions.md#change-what-is-there',
        'Several requests at the first visit': 'docs/sessions.md#several-requests-at-the-first-visit',
      }}
    >
      <div className="beside">
        <section className="demo" aria-labelledby="atomic">
          <h2 id="atomic">
            With <code>update</code>
          </h2>
          <Counter initial={count ?? 0} />
        </section>
        <section className="demo" aria-labelledby="naive">
          <h2 id="naive">
            With <code>get</code> and <code>set</code>
          </h2>
          <NaiveCounter />
        </section>
      </div>
      <SessionPanel />
      <div className="samples">
        <Sample {...samples.counter}>
          <code>update</code> reads, changes and writes as one step.
        </Sample>
        <Sample {...samples.naiveCounter}>
          Reading a value and writing it back loses clicks that arrive together: each reads the same count,
          and adds one to it.
        </Sample>
        <Sample {...samples.counterPage}>The page itself reads the same session while it renders.</Sample>
      </div>
    </Page>
  );
}
