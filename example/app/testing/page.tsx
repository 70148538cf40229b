import type { Metadata } from 'next';
import { Page } from '@/components/page';
import { Sample } from '@/components/sample';
import { samples } from '@/samples';
import { Experiment } from './experiment';
import '@/styles/outcome.css';
import '@/styles/testing.css';

export const metadata: Metadata = { title: 'Testing' };

export default function TestingPage() {
  return (
    <Page
      title="Testing"
      where="createSessionTester"
      lead="What is hard to see in an app: a store that fails, a race, next week. Each button runs the code below it, on the server and on this app’s own handlers."
      docs={{
        Testing: 'docs/testing.md',
        'Browser tests': 'docs/e2e.md',
        'The tests of this app': 'example/tests',
      }}
    >
      <div className="experiments">
        <section aria-labelledby="failing-store">
          <h2 id="failing-store">A store that fails</h2>
          <Experiment name="failingStore" title="the failing store" />
          <Sample {...samples.failingStore}>
            The visitor gets an error, and loses nothing. The next click counts again.
          </Sample>
        </section>
        <section aria-labelledby="race">
          <h2 id="race">A race</h2>
          <Experiment name="race" title="the race" />
          <Sample {...samples.race}>
            With <code>update</code> all clicks count, even if other servers write first. The{' '}
            <code>conflict</code> calls are those that were done again.
          </Sample>
        </section>
        <section aria-labelledby="clock">
          <h2 id="clock">A clock</h2>
          <Experiment name="clock" title="the clock" />
          <Sample {...samples.clock}>
            A session lives for seven days after its last use, which the proxy renews. Time stands still until{' '}
            <code>advance</code>.
          </Sample>
        </section>
        <Sample {...samples.visitor}>
          A tester is a visitor with a browser, a store and a clock of its own, so that nothing here touches
          your session.
        </Sample>
      </div>
    </Page>
  );
}
